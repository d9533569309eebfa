using System.Net;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>The network around a member, from end to end.</summary>
public abstract class NetworkScenarios : ScenarioSuite
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var anybody = await MemberAsync("anybody");
        await Eventually.HoldsAsync(
            "the graph index is loaded",
            async () =>
            {
                try
                {
                    await anybody.Network.GetNetworkStatsAsync(new());
                    return true;
                }
                // the platform serves before this is
                catch (RpcException exception)
                    when (Refusal.Of(exception).Reason == ErrorReason.NetworkNotReady)
                {
                    return false;
                }
            }
        );
    }

    [Fact]
    public async Task Degrees_AlongALine_FollowEveryChangeAtItsRevision()
    {
        var line = await MembersAsync("a", "b", "c", "d", "e");
        var revision = "";
        for (var member = 1; member < line.Length; member++)
        {
            revision = await line[member - 1].ConnectAsync(line[member]);
        }
        Degree[] whole =
        [
            Degree.Self,
            Degree.First,
            Degree.Second,
            Degree.Third,
            Degree.OutOfNetwork,
        ];
        Assert.Equal(whole, await DegreesAsync(line, revision));

        revision = await line[2].DisconnectAsync(line[1]);
        Assert.Equal(
            [
                Degree.Self,
                Degree.First,
                Degree.OutOfNetwork,
                Degree.OutOfNetwork,
                Degree.OutOfNetwork,
            ],
            await DegreesAsync(line, revision)
        );

        revision = await line[0].ConnectAsync(line[4]);
        Assert.Equal(
            [Degree.Self, Degree.First, Degree.Third, Degree.Second, Degree.First],
            await DegreesAsync(line, revision)
        );

        // a block counts at once, without anybody having to name a revision
        await line[4].Blocks.BlockMemberAsync(new BlockMemberRequest { OtherId = line[0].Id });
        Assert.Equal(
            [
                Degree.Self,
                Degree.First,
                Degree.OutOfNetwork,
                Degree.OutOfNetwork,
                Degree.OutOfNetwork,
            ],
            await DegreesAsync(line, "")
        );
    }

    [Fact]
    public async Task Network_OfTwoWithConnectionsInCommon_IsWhatTheyShow()
    {
        var (ada, eve) = (await MemberAsync("ada"), await MemberAsync("eve"));
        var between = await MembersAsync("m", "n", "o");
        var revision = "";
        foreach (var member in between)
        {
            await ada.ConnectAsync(member);
            revision = await member.ConnectAsync(eve);
        }
        var fresh = new Consistency { AtLeastRevision = revision };

        var mutual = await ada.Network.ListMutualConnectionsAsync(
            new ListMutualConnectionsRequest { OtherId = eve.Id, Consistency = fresh }
        );
        Assert.Equal(between.Select(member => member.Id), mutual.ConnectionIds);
        var paths = await ada.Network.FindPathsAsync(
            new FindPathsRequest { OtherId = eve.Id, MaxPaths = 2 }
        );
        Assert.Equal((Degree.Second, 2, false), (paths.Degree, paths.Paths.Count, paths.Complete));

        await between[1]
            .Settings.UpdateConnectionSettingsAsync(
                new UpdateConnectionSettingsRequest
                {
                    Settings = new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe },
                }
            );
        paths = await ada.Network.FindPathsAsync(new FindPathsRequest { OtherId = eve.Id });
        Assert.True(paths.Complete);
        Assert.Equal(
            [between[0].Id, between[2].Id],
            paths.Paths.Select(path => path.MemberIds[1]).Order(StringComparer.Ordinal)
        );

        var chunks = new List<StreamSecondDegreeResponse>();
        using var stream = ada.Network.StreamSecondDegree(new StreamSecondDegreeRequest());
        await foreach (var chunk in stream.ResponseStream.ReadAllAsync())
        {
            chunks.Add(chunk);
        }
        var second = Assert.Single(Assert.Single(chunks).Members);
        Assert.True(chunks[0].Complete);
        Assert.Equal((eve.Id, 2), (second.MemberId, second.MutualCount));
    }

    [Fact]
    public async Task Suggestions_OverRest_LeaveOutWhoIsDismissedUntilRestored()
    {
        var (ada, friend, eve) = (
            await MemberAsync("ada"),
            await MemberAsync("friend"),
            await MemberAsync("eve")
        );
        await ada.ConnectAsync(friend);
        var revision = await friend.ConnectAsync(eve);

        var (status, body) = await RestAsync(
            ada,
            HttpMethod.Get,
            $"/v1/network/{eve.Id}:degree?consistency.atLeastRevision={revision}"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("DEGREE_SECOND", body.GetProperty("degree").GetString());
        Assert.Equal([eve.Id], await SuggestedAsync(ada));

        (status, _) = await RestAsync(
            ada,
            HttpMethod.Post,
            $"/v1/network/{eve.Id}:dismissSuggestion",
            "{}"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty(await SuggestedAsync(ada));

        (status, _) = await RestAsync(
            ada,
            HttpMethod.Post,
            $"/v1/network/{eve.Id}:restoreSuggestion",
            "{}"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([eve.Id], await SuggestedAsync(ada));
    }

    [Fact]
    public async Task BatchDegrees_OverRest_TooManyAreRefusedWithTheirReason()
    {
        var ada = await MemberAsync("ada");
        var ids = string.Join(',', Enumerable.Range(0, 1001).Select(index => $"\"x{index}\""));

        var (status, body) = await RestAsync(
            ada,
            HttpMethod.Post,
            "/v1/network:batchGetDegrees",
            $$"""{"otherIds":[{{ids}}]}"""
        );

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("BATCH_TOO_LARGE", body.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<Degree>> DegreesAsync(Actor[] line, string revision)
    {
        var answer = await line[0]
            .Network.BatchGetDegreesAsync(
                new BatchGetDegreesRequest
                {
                    OtherIds = { line.Select(member => member.Id) },
                    Consistency = new Consistency { AtLeastRevision = revision },
                }
            );
        return answer.Degrees.Select(degree => degree.Degree);
    }

    private async Task<IEnumerable<string?>> SuggestedAsync(Actor member)
    {
        var (status, body) = await RestAsync(member, HttpMethod.Get, "/v1/network:suggestions");
        Assert.Equal(HttpStatusCode.OK, status);
        return
        [
            .. body.GetProperty("suggestions")
                .EnumerateArray()
                .Select(suggestion => suggestion.GetProperty("memberId").GetString()),
        ];
    }

    private Task<Actor[]> MembersAsync(params string[] names) =>
        Task.WhenAll(names.Select(MemberAsync));
}
