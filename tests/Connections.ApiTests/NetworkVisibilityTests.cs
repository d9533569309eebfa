using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>What settings hide of the network: every cell of its table in docs/visibility.md.</summary>
public class NetworkVisibilityTests(ConnectionsFixture fixture)
    : IClassFixture<ConnectionsFixture>,
        IAsyncLifetime
{
    private readonly NetworkActor _actor = new(fixture);
    private readonly string _viewer = ConnectionsFixture.NewMember("viewer");
    private readonly string _near = ConnectionsFixture.NewMember("near");
    private readonly string _far = ConnectionsFixture.NewMember("far");
    private readonly string _third = ConnectionsFixture.NewMember("third");

    public static TheoryData<string, string, string> Cells =>
        VisibilityDocument.Cells("The network");

    public async ValueTask InitializeAsync() => await _actor.UntilReadyAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Network_EachCell_IsAsDocumented(
        string question,
        string setting,
        string expected
    )
    {
        await _actor.ConnectAsync(_viewer, _near);
        await _actor.ConnectAsync(_near, _far);
        var revision = await _actor.ConnectAsync(_far, _third);
        if (question.Contains("with a connection", StringComparison.Ordinal))
        {
            revision = await _actor.ConnectAsync(_viewer, _far);
        }
        var hides =
            question.StartsWith("mutual", StringComparison.Ordinal)
            || question.Contains("second member", StringComparison.Ordinal)
            || question.StartsWith("the degree", StringComparison.Ordinal)
                ? _far
                : _near;
        await _actor.ShowAsync(
            hides,
            setting switch
            {
                "everyone" => ListVisibility.Everyone,
                "connections" => ListVisibility.Connections,
                "only me" => ListVisibility.OnlyMe,
                _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, null),
            }
        );

        Assert.Equal(expected, await AskAsync(question, NetworkActor.AtLeast(revision)));
    }

    private async Task<string> AskAsync(string question, Consistency fresh)
    {
        var client = _actor.As(_viewer);
        switch (question.Split(' ')[0])
        {
            case "mutual":
                var mutual = await client.ListMutualConnectionsAsync(
                    new ListMutualConnectionsRequest { OtherId = _far, Consistency = fresh }
                );
                var count = await client.CountMutualConnectionsAsync(
                    new CountMutualConnectionsRequest { OtherId = _far, Consistency = fresh }
                );
                Assert.Equal(mutual.ConnectionIds.Count, count.Count);
                return Tell(mutual.ConnectionIds.Contains(_near));
            case "second":
                var second = await client.ListSecondDegreeAsync(
                    new ListSecondDegreeRequest { Consistency = fresh }
                );
                var stats = await client.GetNetworkStatsAsync(
                    new GetNetworkStatsRequest { Consistency = fresh }
                );
                Assert.Equal(second.Members.Count, stats.SecondDegreeCount);
                return Tell(second.Members.Any(member => member.MemberId == _far));
            case "a" when question.StartsWith("a suggestion", StringComparison.Ordinal):
                var suggestions = await client.ListSuggestionsAsync(
                    new ListSuggestionsRequest { Consistency = fresh }
                );
                return Tell(suggestions.Suggestions.Any(member => member.MemberId == _far));
            case "a":
                var paths = await client.FindPathsAsync(
                    new FindPathsRequest
                    {
                        OtherId = question.Contains("of three", StringComparison.Ordinal)
                            ? _third
                            : _far,
                        Consistency = fresh,
                    }
                );
                return Tell(paths.Paths.Count > 0);
            case "the":
                var answer = await client.GetDegreeAsync(
                    new GetDegreeRequest { OtherId = _far, Consistency = fresh }
                );
                return answer.Degree == Degree.Second ? "second" : $"{answer.Degree}";
            default:
                throw new ArgumentOutOfRangeException(nameof(question), question, null);
        }
    }

    private static string Tell(bool isShown) => isShown ? "shown" : "none";
}
