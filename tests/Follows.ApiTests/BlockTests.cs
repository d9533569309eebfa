using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>Blocks, from the real connections service by its record of changes.</summary>
public sealed class BlockTests(FollowsServer server) : IClassFixture<FollowsServer>
{
    [Fact]
    public async Task Block_FollowsInBothDirections_EndsThemAndRefusesNewOnes()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await FollowAsync(ann, bob);
        await FollowAsync(bob, ann);

        await server.BlockAsync(ann, bob);

        foreach (var (follower, followee) in new[] { (ann, bob), (bob, ann) })
        {
            var refusal = await Refusal.OfAsync(() => FollowAsync(follower, followee));
            Assert.Equal(ErrorReason.NotFollowable, refusal.Reason);
            var check = await server
                .As(follower)
                .CheckFollowAsync(
                    new CheckFollowRequest { Entity = Member(followee), IncludeCanFollow = true }
                );
            Assert.Equal(
                (false, false, false, "NOT_FOLLOWABLE"),
                (
                    check.Check.Following,
                    check.Check.FollowedBy,
                    check.Check.CanFollow,
                    check.Check.RefusalReason
                )
            );
            Assert.Empty(
                (await server.As(follower).ListFollowersAsync(new ListFollowersRequest())).Followers
            );
            Assert.Empty(
                (
                    await server
                        .As(follower)
                        .ListFollowingAsync(new ListFollowingRequest { Kind = EntityKind.Member })
                ).Followed
            );
        }
    }

    [Fact]
    public async Task Unblock_RestoresNothingAndAllowsANewFollow()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await FollowAsync(bob, ann);
        await server.BlockAsync(ann, bob);

        await server.UnblockAsync(ann, bob);

        Assert.False(
            (await server.As(bob).CheckFollowAsync(new CheckFollowRequest { Entity = Member(ann) }))
                .Check
                .Following
        );
        await FollowAsync(bob, ann);
    }

    [Fact]
    public async Task Unblock_OfOneOfTwoBlocks_LeavesTheOther()
    {
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await server.BlockAsync(ann, bob);
        var bobsBlocks = new BlocksService.BlocksServiceClient(server.Connections.As(bob));
        await bobsBlocks.BlockMemberAsync(new BlockMemberRequest { OtherId = ann });
        var annsBlocks = new BlocksService.BlocksServiceClient(server.Connections.As(ann));
        await annsBlocks.UnblockMemberAsync(new UnblockMemberRequest { OtherId = bob });
        // another block of ann's is applied after these two
        await server.BlockAsync(ann, FollowsServer.NewId());

        Assert.True(await server.IsBlockedAsync(ann, bob));
        Assert.True(await server.IsBlockedAsync(bob, ann));

        await server.UnblockAsync(bob, ann);
        await FollowAsync(ann, bob);
    }

    [Fact]
    public async Task Block_RacingWithFollows_EndsWithoutAFollow()
    {
        var ann = FollowsServer.NewId();
        string[] others = [.. Enumerable.Range(0, 12).Select(_ => FollowsServer.NewId())];

        await Task.WhenAll(
            others.Select(async other =>
            {
                using var stop = new CancellationTokenSource();
                var following = Task.WhenAll(
                    FollowOverAndOverAsync(ann, other, stop.Token),
                    FollowOverAndOverAsync(other, ann, stop.Token)
                );
                await server.BlockAsync(ann, other);
                await stop.CancelAsync();
                await following;
            })
        );

        await Eventually.HoldsAsync(
            "nothing waits in the journal",
            async () =>
                (
                    await server.AsOperator.GetJournalStatusAsync(new GetJournalStatusRequest())
                ).PendingEntries == 0
        );
        var checks = await server
            .As(ann)
            .BatchCheckFollowsAsync(
                new BatchCheckFollowsRequest { Entities = { others.Select(Member) } }
            );
        Assert.All(
            checks.Checks,
            check => Assert.Equal((false, false), (check.Following, check.FollowedBy))
        );
        Assert.All(
            await Task.WhenAll(
                others
                    .Append(ann)
                    .Select(async member =>
                        await server.As(member).GetFollowCountsAsync(new GetFollowCountsRequest())
                    )
            ),
            counts =>
            {
                Assert.Equal(0, counts.FollowerCount);
                Assert.All(counts.Following, count => Assert.Equal(0, count.Count));
            }
        );
    }

    [Fact]
    public async Task Block_WhileFollowsIsAway_IsAppliedWhenItIsBack()
    {
        // a replica of its own keys hears of everything from the beginning of the record
        var (ann, bob) = (FollowsServer.NewId(), FollowsServer.NewId());
        await new BlocksService.BlocksServiceClient(server.Connections.As(ann)).BlockMemberAsync(
            new BlockMemberRequest { OtherId = bob }
        );
        await using var replica = await server.StartReplicaAsync(
            new KeyValuePair<string, string?>("Redis:KeyPrefix", $"{Guid.NewGuid():n}:")
        );

        await Eventually.HoldsAsync(
            "the block is applied",
            async () =>
            {
                var check = await new FollowsService.FollowsServiceClient(
                    replica.As(bob)
                ).CheckFollowAsync(
                    new CheckFollowRequest { Entity = Member(ann), IncludeCanFollow = true }
                );
                return !check.Check.CanFollow;
            }
        );
    }

    private static Entity Member(string id) => new() { Kind = EntityKind.Member, Id = id };

    private async Task FollowAsync(string follower, string followee) =>
        await server.As(follower).FollowAsync(new FollowRequest { Entity = Member(followee) });

    private async Task FollowOverAndOverAsync(
        string follower,
        string followee,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(follower, followee);
            }
            catch (Grpc.Core.RpcException exception)
                when (exception.StatusCode == Grpc.Core.StatusCode.FailedPrecondition)
            {
                return;
            }
        }
    }
}
