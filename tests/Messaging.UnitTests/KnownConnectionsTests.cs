using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Messaging.Connections;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class KnownConnectionsTests
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void IsConnected_FollowedAndTold_UntilItIsOld()
    {
        var known = Known(Life);
        known.Follow();
        known.Note("ann", "bob", known.Ask());

        Assert.True(known.IsConnected("bob", "ann"));
        Assert.False(known.IsConnected("ann", "cid"));
        _time.Advance(Life);
        Assert.False(known.IsConnected("ann", "bob"));
    }

    [Fact]
    public void IsConnected_AfterAChange_IsNotKnown()
    {
        var known = Known(Life);
        known.Follow();
        known.Note("ann", "bob", known.Ask());
        known.Note("ann", "cid", known.Ask());

        known.Changed("ann", "bob");

        Assert.False(known.IsConnected("ann", "bob"));
        Assert.True(known.IsConnected("ann", "cid"));
    }

    [Fact]
    public void Note_AskedBeforeAChange_IsNotKept()
    {
        var known = Known(Life);
        known.Follow();
        var asked = known.Ask();
        known.Changed("ann", "bob");

        known.Note("ann", "bob", asked);

        Assert.False(known.IsConnected("ann", "bob"));
    }

    [Fact]
    public void IsConnected_NotFollowed_IsNeverKnown()
    {
        var known = Known(Life);
        known.Note("ann", "bob", known.Ask());
        Assert.False(known.IsConnected("ann", "bob"));
        known.Follow();
        known.Note("ann", "bob", known.Ask());

        known.Forget(isFollowing: false);
        known.Follow();

        Assert.False(known.IsConnected("ann", "bob"));
    }

    [Fact]
    public void IsConnected_ByDefault_RemembersNothing()
    {
        var known = Known(TimeSpan.Zero);
        known.Follow();
        known.Note("ann", "bob", known.Ask());

        Assert.False(known.IsConnected("ann", "bob"));
    }

    private KnownConnections Known(TimeSpan life) =>
        new(Options.Create(new GateOptions { CacheTime = life }), _time);
}
