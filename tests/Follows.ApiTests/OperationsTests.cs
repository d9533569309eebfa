using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Storage.Redis;
using Platform.Testing;
using FollowerCountVisibility = Platform.Follows.V1.FollowerCountVisibility;

namespace Platform.Tests.Follows.ApiTests;

/// <summary>Verification, repair and erasure, with damage that is seeded by hand.</summary>
public sealed class OperationsTests : IAsyncLifetime
{
    private readonly FollowsServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Followable Acme = new(FollowKind.Company, "acme");

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Verify_SeededDamage_IsFoundAndOnlyMendedWhenAsked()
    {
        var expected = await DamageAsync();

        var dry = await VerifyAsync(new VerifyFollowsRequest());
        var again = await VerifyAsync(new VerifyFollowsRequest());
        var repair = await VerifyAsync(new VerifyFollowsRequest { Repair = true });
        var after = await VerifyAsync(new VerifyFollowsRequest());

        Assert.Equal(expected, Named(dry));
        Assert.Equal(expected, Named(again));
        Assert.All(dry.SelectMany(piece => piece.Findings), one => Assert.False(one.Repaired));
        Assert.Equal(expected, Named(repair));
        Assert.All(repair.SelectMany(piece => piece.Findings), one => Assert.True(one.Repaired));
        Assert.Empty(Named(after));
        Assert.Equal((expected.Count, 0L), (dry[^1].FindingsTotal, dry[^1].RepairedTotal));
        Assert.Equal(
            (expected.Count, expected.Count),
            (repair[^1].FindingsTotal, repair[^1].RepairedTotal)
        );
        Assert.Equal((1024, 1024), (after[^1].BucketsChecked, after[^1].BucketsTotal));
        Assert.True(after[^1].Done);
        Assert.All(after.SkipLast(1), piece => Assert.False(piece.Done));
        // counts and lists are what members follow
        Assert.Equal([1L], await _server.Store.CountFollowersAsync([Acme], Token));
    }

    [Fact]
    public async Task Verify_OneMember_FindsWhatConcernsTheMember()
    {
        await DamageAsync();

        var ann = await VerifyAsync(new VerifyFollowsRequest { MemberId = "ann" });
        var nobody = await VerifyAsync(new VerifyFollowsRequest { MemberId = "nobody" });

        Assert.Equal(
            [(FollowFindingKind.MissingFollower, "ann", "acme")],
            ann.SelectMany(piece => piece.Findings)
                .Select(one => (one.Kind, one.FollowerId, one.Entity.Id))
        );
        Assert.Empty(Named(nobody));
    }

    [Fact]
    public async Task Verify_BrokenOff_ResumesAfterItsCursor()
    {
        var expected = await DamageAsync();
        var found = new List<VerifyFollowsResponse>();
        var cursor = "";
        var runs = 0;
        do
        {
            using var call = _server.AsOperator.VerifyFollows(
                new VerifyFollowsRequest { Cursor = cursor }
            );
            var pieces = 0;
            while (pieces < 300 && await call.ResponseStream.MoveNext(Token))
            {
                found.Add(call.ResponseStream.Current);
                pieces++;
            }
            cursor = found[^1].Cursor;
            runs++;
        } while (!found[^1].Done);

        Assert.True(runs > 3, "it was not broken off");
        Assert.Equal(expected, Named(found).Distinct().ToList());
        Assert.Equal(expected.Count, found[^1].FindingsTotal);
        var refusal = await Refusal.OfAsync(async () =>
        {
            using var call = _server.AsOperator.VerifyFollows(
                new VerifyFollowsRequest { Cursor = "nonsense" }
            );
            await call.ResponseStream.MoveNext(Token);
        });
        Assert.Equal(ErrorReason.InvalidCursor, refusal.Reason);
    }

    [Fact]
    public async Task Verify_WhileTrafficGoesOn_FindsNothing()
    {
        using var stop = new CancellationTokenSource();
        string[] members = [.. Enumerable.Range(0, 6).Select(id => $"m{id}")];
        var traffic = Task.WhenAll(
            members.Select(async member =>
            {
                var client = new FollowsService.FollowsServiceClient(
                    _server.Service.As(member, tier: "bulk")
                );
                while (!stop.IsCancellationRequested)
                {
                    foreach (var other in members.Where(other => other != member))
                    {
                        var entity = new Entity { Kind = EntityKind.Member, Id = other };
                        await client.FollowAsync(new FollowRequest { Entity = entity });
                        await client.UnfollowAsync(new UnfollowRequest { Entity = entity });
                    }
                }
            })
        );

        for (var round = 0; round < 3; round++)
        {
            Assert.Empty(Named(await VerifyAsync(new VerifyFollowsRequest { Repair = true })));
        }

        await stop.CancelAsync();
        await traffic;
        Assert.Empty(Named(await VerifyAsync(new VerifyFollowsRequest())));
    }

    [Fact]
    public async Task JournalStatus_LostStep_IsCountedUntilItIsFinished()
    {
        await using var paused = await _server.StartReplicaAsync(
            new("Redis:KeyPrefix", "paused:"),
            new("Follows:JournalSweepInterval", "01:00:00")
        );
        var store = paused.Services.GetRequiredService<IFollowStore>();
        var client = new FollowsOperationsService.FollowsOperationsServiceClient(
            paused.AsOperator()
        );
        var before = await client.GetJournalStatusAsync(new GetJournalStatusRequest());

        await store.ChangeAsync(
            new Platform.Follows.Storage.FollowChange(new FollowPair("ann", Acme), true, "ann"),
            Token
        );

        var after = await client.GetJournalStatusAsync(new GetJournalStatusRequest());
        Assert.Equal((0, null), (before.PendingEntries, before.OldestCreateTime));
        Assert.Equal(1, after.PendingEntries);
        Assert.NotNull(after.OldestCreateTime);
    }

    [Fact]
    public async Task Operations_OtherRoles_AreRefused()
    {
        var member = new FollowsOperationsService.FollowsOperationsServiceClient(
            _server.Service.As("ann")
        );

        var refusals = new[]
        {
            await Refusal.OfAsync(member.GetJournalStatusAsync(new GetJournalStatusRequest())),
            await Refusal.OfAsync(
                member.DeleteMemberAsync(new DeleteMemberRequest { MemberId = "ann" })
            ),
            await Refusal.OfAsync(async () =>
            {
                using var call = member.VerifyFollows(new VerifyFollowsRequest());
                await call.ResponseStream.MoveNext(Token);
            }),
        };

        Assert.All(refusals, refusal => Assert.Equal(ErrorReason.RoleRequired, refusal.Reason));
    }

    [Fact]
    public async Task DeleteMember_BothDirections_LeavesNothingAndForbidsMore()
    {
        const int Many = 1_200;
        var (ann, service) = ("ann", _server.AsService);
        var self = new Entity { Kind = EntityKind.Member, Id = ann };
        var bulk = new FollowsService.FollowsServiceClient(_server.Service.As(ann, tier: "bulk"));
        foreach (var chunk in Enumerable.Range(0, Many).Chunk(100))
        {
            await bulk.BatchFollowAsync(
                new BatchFollowRequest
                {
                    Entities =
                    {
                        chunk.Select(id => new Entity { Kind = EntityKind.Company, Id = $"{id}" }),
                    },
                }
            );
        }
        string[] followers = [.. Enumerable.Range(0, 30).Select(id => $"f{id}")];
        foreach (var follower in followers)
        {
            await service.FollowAsync(new FollowRequest { MemberId = follower, Entity = self });
        }
        await bulk.MuteAsync(new MuteRequest { Entity = FollowedName("7") });
        await _server
            .SettingsOf(ann)
            .UpdateFollowSettingsAsync(
                new UpdateFollowSettingsRequest
                {
                    Settings = new FollowSettings
                    {
                        FollowerCountVisibility = FollowerCountVisibility.OnlyMe,
                    },
                }
            );

        var calls = new List<DeleteMemberResponse>();
        do
        {
            calls.Add(
                await _server.AsOperator.DeleteMemberAsync(
                    new DeleteMemberRequest { MemberId = ann }
                )
            );
        } while (!calls[^1].Done);

        Assert.True(calls.Count > 1, "the work of a call is bounded");
        Assert.Equal(Many + followers.Length, calls.Sum(call => call.FollowsDeleted));
        Assert.Empty(await KeysAsync(ann));
        Assert.Empty(Named(await VerifyAsync(new VerifyFollowsRequest())));
        Assert.Equal(
            [0L, 0L],
            await _server.Store.CountFollowersAsync(
                [new Followable(FollowKind.Company, "3"), Followable.Member(ann)],
                Token
            )
        );
        var asFollower = await Refusal.OfAsync(
            bulk.FollowAsync(new FollowRequest { Entity = FollowedName("1") })
        );
        var asFollowee = await Refusal.OfAsync(
            service.FollowAsync(new FollowRequest { MemberId = "f1", Entity = self })
        );
        var mute = await Refusal.OfAsync(
            bulk.MuteAsync(new MuteRequest { Entity = FollowedName("1") })
        );
        Assert.Equal(
            [ErrorReason.MemberDeleted, ErrorReason.NotFollowable, ErrorReason.MemberDeleted],
            new[] { asFollower.Reason, asFollowee.Reason, mute.Reason }
        );
        // again: done at once, and so is a member that never was
        foreach (var id in new[] { ann, "nobody" })
        {
            var again = await _server.AsOperator.DeleteMemberAsync(
                new DeleteMemberRequest { MemberId = id }
            );
            Assert.Equal((true, 0L), (again.Done, again.FollowsDeleted));
        }
    }

    /// <summary>A follow that looked before the erasure and applies after it does not stay.</summary>
    [Fact]
    public async Task DeleteMember_FollowUnderWay_IsEndedByItsSecondStep()
    {
        var pair = new FollowPair("late", Followable.Member("gone"));
        var write = await _server.Store.ChangeAsync(
            new Platform.Follows.Storage.FollowChange(pair, true, "late"),
            Token
        );
        await _server.AsOperator.DeleteMemberAsync(new DeleteMemberRequest { MemberId = "gone" });

        var outcome = await _server.Store.ApplyAsync(write.Pending!, Token);

        // the worker may have been quicker
        Assert.NotEqual(ApplyOutcome.Applied, outcome);
        await Eventually.HoldsAsync(
            "the worker ends the follow",
            async () =>
                !(await _server.Store.AreFollowedByAsync("late", [pair.Entity], Token))[0]
                && await _server.Store.ReadPendingAsync(pair, Token) is null
        );
        Assert.Equal([0L], await _server.Store.CountFollowersAsync([pair.Entity], Token));
    }

    [Fact]
    public async Task DeleteMember_WhileOthersFollow_EndsWithNothing()
    {
        var self = new Entity { Kind = EntityKind.Member, Id = "target" };
        var service = _server.AsService;
        var following = Enumerable
            .Range(0, 40)
            .Select(async id =>
            {
                try
                {
                    await service.FollowAsync(
                        new FollowRequest { MemberId = $"f{id}", Entity = self }
                    );
                }
                catch (RpcException exception)
                    when (exception.StatusCode == StatusCode.FailedPrecondition)
                {
                    // erased meanwhile
                }
            });

        await Task.WhenAll(
            Task.WhenAll(following),
            Task.Run(async () =>
                await _server.AsOperator.DeleteMemberAsync(
                    new DeleteMemberRequest { MemberId = "target" }
                )
            )
        );

        await Eventually.HoldsAsync(
            "nobody follows",
            async () =>
                (
                    await _server.AsOperator.DeleteMemberAsync(
                        new DeleteMemberRequest { MemberId = "target" }
                    )
                ).Done
                && (
                    await _server.AsOperator.GetJournalStatusAsync(new GetJournalStatusRequest())
                ).PendingEntries == 0
        );
        Assert.Equal(
            [0L],
            await _server.Store.CountFollowersAsync([Followable.Member("target")], Token)
        );
        Assert.Empty(Named(await VerifyAsync(new VerifyFollowsRequest())));
    }

    private static Entity FollowedName(string id) => new() { Kind = EntityKind.Company, Id = id };

    /// <summary>One of each kind of damage, and follows that are sound.</summary>
    private async Task<List<(FollowFindingKind, string, string)>> DamageAsync()
    {
        var service = _server.AsService;
        foreach (var member in new[] { "ann", "bob" })
        {
            foreach (var id in new[] { "acme", "sound" })
            {
                await service.FollowAsync(
                    new FollowRequest { MemberId = member, Entity = FollowedName(id) }
                );
            }
        }
        await service.FollowAsync(
            new FollowRequest
            {
                MemberId = "cid",
                Entity = new Entity { Kind = EntityKind.Member, Id = "dan" },
            }
        );
        await Eventually.HoldsAsync(
            "the journal is done",
            async () =>
                (
                    await _server.AsOperator.GetJournalStatusAsync(new GetJournalStatusRequest())
                ).PendingEntries == 0
        );
        var redis = _server.Service.Services.GetRequiredService<RedisConnection>();
        var keys = new FollowKeys(redis.KeyPrefix);
        var database = await redis.GetDatabaseAsync(Token);
        // ann follows acme and is not among its followers; bob is, and does not follow it any more
        await database.SetRemoveAsync(keys.Followers(Acme), "ann");
        await database.SortedSetRemoveAsync(keys.NewestFollowers(Acme), "ann");
        await database.SetRemoveAsync(keys.Following("bob", FollowKind.Company), "acme");
        await database.SortedSetRemoveAsync(keys.Newest("bob", FollowKind.Company), "acme");
        // lists of the newest that hold more than their sets
        await database.SortedSetAddAsync(keys.Newest("bob", FollowKind.Company), "ghost", 5);
        await database.SortedSetAddAsync(
            keys.NewestFollowers(new Followable(FollowKind.Company, "sound")),
            "spook",
            5
        );
        // a block that did not end the follow
        await database.HashSetAsync(keys.Blocks("cid"), ">dan", "b7");
        return
        [
            .. new[]
            {
                (FollowFindingKind.MissingFollower, "ann", "acme"),
                (FollowFindingKind.StrayFollower, "bob", "acme"),
                (FollowFindingKind.StrayRecent, "bob", "ghost"),
                (FollowFindingKind.StrayRecent, "spook", "sound"),
                (FollowFindingKind.Blocked, "cid", "dan"),
            }.Order(),
        ];
    }

    private async Task<List<VerifyFollowsResponse>> VerifyAsync(VerifyFollowsRequest request)
    {
        using var call = _server.AsOperator.VerifyFollows(request);
        return await call.ResponseStream.ReadAllAsync(Token).ToListAsync(Token);
    }

    private static List<(FollowFindingKind, string, string)> Named(
        IEnumerable<VerifyFollowsResponse> pieces
    ) =>
        [
            .. pieces
                .SelectMany(piece => piece.Findings)
                .Select(one => (one.Kind, one.FollowerId, one.Entity.Id))
                .Order(),
        ];

    /// <summary>The keys that still say something of a member, but for the mark of its erasure and what expires.</summary>
    private async Task<List<string>> KeysAsync(string member)
    {
        var redis = _server.Service.Services.GetRequiredService<RedisConnection>();
        var keys = new FollowKeys(redis.KeyPrefix);
        var database = await redis.GetDatabaseAsync(Token);
        var self = Followable.Member(member);
        var left = new List<string>();
        foreach (
            var key in Enum.GetValues<FollowKind>()
                .SelectMany(kind =>
                    new[] { keys.Following(member, kind), keys.Newest(member, kind) }
                )
                .Concat([
                    keys.Followers(self),
                    keys.NewestFollowers(self),
                    keys.Mutes(member),
                    keys.Hour(member),
                    keys.Blocks(member),
                ])
        )
        {
            if (await database.KeyExistsAsync(key))
            {
                left.Add(key.ToString());
            }
        }
        var bucket = FollowKeys.BucketOf(member);
        if (await database.SetContainsAsync(keys.Members(bucket), member))
        {
            left.Add("the index of members");
        }
        if (await database.SetContainsAsync(keys.Entities(bucket), FollowKeys.EntityName(self)))
        {
            left.Add("the index of entities");
        }
        return left;
    }
}
