using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>BatchCheckFollowColumns says of many what CheckFollow says of each, which reads each by itself.</summary>
public sealed class FollowColumnsTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Columns_AnyHistory_SayWhatEachCheckSays(int seed)
    {
        var random = new Random(seed);
        string[] members = [.. Enumerable.Range(0, 14).Select(_ => FollowsServer.NewId())];
        foreach (var member in members)
        {
            await server.SettingsOf(member).UpdateFollowSettingsAsync(SettingsOf(random));
        }
        for (var step = 0; step < 20; step++)
        {
            await ConnectAsync(random.GetItems(members, 2));
        }
        for (var step = 0; step < 150; step++)
        {
            await ChangeAsync(random.GetItems(members, 2), random);
        }
        await server.BlockAsync(members[0], members[1]);
        await server.BlockAsync(members[2], members[0]);
        var told = new HashSet<string>();
        foreach (var viewer in members)
        {
            // doubles, the viewer itself and somebody unknown are among them
            string[] others = [.. members, "nobody", members[3], .. members];
            var checks = await Task.WhenAll(others.Select(other => CheckAsync(viewer, other)));

            var columns = await server
                .As(viewer)
                .BatchCheckFollowColumnsAsync(
                    new BatchCheckFollowColumnsRequest
                    {
                        OtherIds = { others },
                        IncludeCanFollow = true,
                    }
                );

            Assert.Equal(IndexesOf(checks, check => check.Following), columns.FollowingIndexes);
            Assert.Equal(IndexesOf(checks, check => check.FollowedBy), columns.FollowerIndexes);
            Assert.Equal(IndexesOf(checks, check => check.Muted), columns.MutedIndexes);
            Assert.Equal(
                checks.Select(check => check.CanFollow ? "" : check.RefusalReason),
                columns.FollowRefusals.Select(place =>
                    place == 0 ? "" : columns.Reasons[(int)place - 1]
                )
            );
            told.UnionWith(columns.Reasons);
            Assert.Contains(0u, columns.FollowRefusals);
        }
        Assert.Equal(["NOT_FOLLOWABLE", "SELF_FOLLOW"], told.Order());
    }

    [Fact]
    public async Task Columns_NotAskedFor_TheRefusalsAreNotThere()
    {
        var answer = await server
            .As(FollowsServer.NewId())
            .BatchCheckFollowColumnsAsync(
                new BatchCheckFollowColumnsRequest { OtherIds = { "bob" } }
            );

        Assert.Equal(new BatchCheckFollowColumnsResponse(), answer);
    }

    [Fact]
    public async Task Columns_Bounds_AreHeld()
    {
        var client = server.As(FollowsServer.NewId());
        string[] many = [.. Enumerable.Range(0, 1001).Select(index => $"member-{index}")];

        Assert.Equal(1000, (await ReadAsync(many[1..])).FollowRefusals.Count);
        var tooMany = await Refusal.OfAsync(async () => await ReadAsync(many));
        var none = await Refusal.OfAsync(async () => await ReadAsync());
        var malformed = await Refusal.OfAsync(async () => await ReadAsync("ann", "no spaces"));
        Assert.Equal(ErrorReason.BatchTooLarge, tooMany.Reason);
        Assert.Equal(ErrorReason.InvalidRequest, none.Reason);
        Assert.Equal(["other_ids[1]"], malformed.Fields);

        async Task<BatchCheckFollowColumnsResponse> ReadAsync(params string[] others) =>
            await client.BatchCheckFollowColumnsAsync(
                new BatchCheckFollowColumnsRequest
                {
                    OtherIds = { others },
                    IncludeCanFollow = true,
                }
            );
    }

    [Fact]
    public async Task Columns_ForAnother_AreForServicesOnly()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        var request = new BatchCheckFollowColumnsRequest { MemberId = ann, OtherIds = { bob } };
        await server.As(ann).FollowAsync(new FollowRequest { Entity = Member(bob) });

        var refusal = await Refusal.OfAsync(async () =>
            await server.As(bob).BatchCheckFollowColumnsAsync(request)
        );
        var asService = await server.AsService.BatchCheckFollowColumnsAsync(request);

        Assert.Equal(ErrorReason.ActingForAnother, refusal.Reason);
        Assert.Equal([0u], asService.FollowingIndexes);
    }

    private static IEnumerable<uint> IndexesOf(
        FollowCheck[] checks,
        Func<FollowCheck, bool> isIn
    ) => checks.Index().Where(one => isIn(one.Item)).Select(one => (uint)one.Index);

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private static UpdateFollowSettingsRequest SettingsOf(Random random) =>
        new()
        {
            Settings = new FollowSettings { FollowAudience = (FollowAudience)random.Next(1, 4) },
            UpdateMask = new() { Paths = { "follow_audience" } },
        };

    private async Task<FollowCheck> CheckAsync(string viewer, string other) =>
        (
            await server
                .As(viewer)
                .CheckFollowAsync(
                    new CheckFollowRequest { Entity = Member(other), IncludeCanFollow = true }
                )
        ).Check;

    private async Task ConnectAsync(string[] pair)
    {
        try
        {
            await server.ConnectAsync(pair[0], pair[1]);
        }
        catch (RpcException exception) when (IsRefused(exception))
        {
            // they are connected already, or one
        }
    }

    private async Task ChangeAsync(string[] pair, Random random)
    {
        var (client, entity) = (server.As(pair[0]), Member(pair[1]));
        try
        {
            switch (random.Next(8))
            {
                case 0:
                    await client.UnfollowAsync(new UnfollowRequest { Entity = entity });
                    break;
                case 1:
                    await client.MuteAsync(new MuteRequest { Entity = entity });
                    break;
                case 2:
                    await server.SettingsOf(pair[0]).UpdateFollowSettingsAsync(SettingsOf(random));
                    break;
                default:
                    await client.FollowAsync(new FollowRequest { Entity = entity });
                    break;
            }
        }
        catch (RpcException exception) when (IsRefused(exception))
        {
            // what is refused changes nothing
        }
    }

    private static bool IsRefused(RpcException exception) =>
        exception.StatusCode is StatusCode.FailedPrecondition or StatusCode.InvalidArgument;
}
