using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Model;
using static Platform.Tests.Faults.UnitTests.Sample;

namespace Platform.Tests.Faults.UnitTests;

/// <summary>Lies about conversations.</summary>
public sealed class MessageChecksTests
{
    private readonly World _world = Create();

    private Observation.Conversation True => Conversation(_world, Ada, Bob);

    [Fact]
    public void Check_WithoutTheLastMessage_IsALostWrite() =>
        Assert.Equal(
            [Violation.Lost],
            Found(_world, True with { Messages = [True.Messages[0]], LastNumber = 1 })
        );

    [Fact]
    public void Check_MessageStoredTwice_IsDoubled() =>
        Assert.Equal(
            [Violation.Doubled, Violation.Stray],
            Found(
                _world,
                True with
                {
                    Messages = [.. True.Messages, True.Messages[1] with { Number = 3 }],
                    LastNumber = 3,
                }
            )
        );

    [Fact]
    public void Check_NumberTwiceInAList_IsDoubled() =>
        Assert.Contains(
            Violation.Doubled,
            Found(_world, True with { Messages = [.. True.Messages, True.Messages[1]] })
        );

    [Fact]
    public void Check_EditLost_IsALostWrite()
    {
        var before = True;
        _world.Between(Ada, Bob).Messages[0].Text = "one, edited";

        Assert.Equal([Violation.Lost], Found(_world, before));
    }

    [Fact]
    public void Check_DeletionLost_IsALostWrite()
    {
        var before = True;
        _world.Between(Ada, Bob).Messages[0].Delete();

        Assert.Equal([Violation.Lost], Found(_world, before));
    }

    [Fact]
    public void Check_MessageAfterTheEnd_IsToTheUnconnected()
    {
        var seen = Conversation(_world, Cleo, Ada);

        Assert.Equal(
            [Violation.Unconnected],
            Found(
                _world,
                seen with
                {
                    Messages = [.. seen.Messages, new(2, Cleo, "after", false)],
                    LastNumber = 2,
                }
            )
        );
    }

    [Fact]
    public void Check_CountsOff_AreFound()
    {
        Assert.Equal([Violation.Count], Found(_world, True with { LastNumber = 3 }));
        Assert.Equal([Violation.Count], Found(_world, True with { UnreadCount = 2 }));
        Assert.Empty(Found(_world, new Observation.Unread(Ada, 2, 2)));
        Assert.Equal([Violation.Count], Found(_world, new Observation.Unread(Ada, 2, 1)));
        Assert.Equal([Violation.Count], Found(_world, new Observation.Unread(Ada, 1, 2)));
    }
}
