using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Operations;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>What <see cref="IFollowStore"/> promises, on any engine. A subclass only says which.</summary>
public abstract class FollowStoreContract
{
    private static readonly Followable Acme = new(FollowKind.Company, "acme");
    private static readonly CancellationToken None = CancellationToken.None;

    protected FakeTimeProvider Time { get; } =
        new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>An empty store, alone on its keys. One that reads sets of more than <paramref name="snapshotLimit"/> with a cursor.</summary>
    protected abstract IFollowStore CreateStore(int snapshotLimit = RedisFollowStore.SnapshotLimit);

    [Fact]
    public async Task Change_NewFollow_IsSeenInBothDirections()
    {
        var store = CreateStore();

        var write = await FollowAsync(store, "42", Acme);

        Assert.Equal(FollowOutcome.Changed, write.Outcome);
        await AssertAgreeAsync(store, [("42", Acme)], ["42"], [Acme]);
        Assert.Null(await store.ReadPendingAsync(new FollowPair("42", Acme), None));
    }

    [Fact]
    public async Task Change_FollowAgain_ChangesNothing()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", Acme);

        var write = await FollowAsync(store, "42", Acme);

        Assert.Equal(FollowOutcome.Unchanged, write.Outcome);
        Assert.Null(write.Pending);
        Assert.Equal([1L], await store.CountFollowersAsync([Acme], None));
    }

    [Fact]
    public async Task Change_FollowAgainAfterALostSecondStep_HandsItOut()
    {
        var store = CreateStore();
        var lost = await store.ChangeAsync(Change("42", Acme, follow: true), None);

        var write = await store.ChangeAsync(Change("42", Acme, follow: true), None);

        Assert.Equal(FollowOutcome.Unchanged, write.Outcome);
        Assert.Equal(lost.Pending!.Sequence, write.Pending!.Sequence);
        Assert.True(write.Pending.Following);
    }

    [Fact]
    public async Task Change_Unfollow_IsSeenInBothDirections()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", Acme);

        var write = await UnfollowAsync(store, "42", Acme);

        Assert.Equal(FollowOutcome.Changed, write.Outcome);
        await AssertAgreeAsync(store, [], ["42"], [Acme]);
        Assert.Empty(
            (await store.ListFollowingAsync("42", FollowKind.Company, true, null, 10, None)).Entries
        );
    }

    [Fact]
    public async Task Change_UnfollowOfNothing_ChangesNothing()
    {
        var write = await CreateStore().ChangeAsync(Change("42", Acme, follow: false), None);

        Assert.Equal(new FollowWrite(FollowOutcome.Unchanged, 0, null), write);
    }

    [Fact]
    public async Task Change_KindsWithTheSameId_AreNotMixed()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", new Followable(FollowKind.Company, "7"));
        await FollowAsync(store, "42", new Followable(FollowKind.Member, "7"));
        await UnfollowAsync(store, "42", new Followable(FollowKind.Company, "7"));

        var counts = await store.CountFollowingAsync("42", None);

        Assert.Equal(5, counts.Count);
        Assert.Equal(1, counts.Single(count => count.Key == FollowKind.Member).Value);
        Assert.Equal(0, counts.Single(count => count.Key == FollowKind.Company).Value);
    }

    [Fact]
    public async Task Change_RepeatedRequestId_AnswersTheFirstAnswer()
    {
        var store = CreateStore();
        var change = Change("42", Acme, follow: true) with
        {
            RequestId = "r:1",
            Fingerprint = "aa",
        };
        var first = await store.ChangeAsync(change, None);
        await FinishAsync(store, first.Pending);
        await UnfollowAsync(store, "42", Acme);

        var again = await store.ChangeAsync(change, None);

        Assert.Equal(first with { Pending = null }, again);
        await AssertAgreeAsync(store, [], ["42"], [Acme]);
    }

    [Fact]
    public async Task Change_RequestIdOfAnotherRequest_IsRefused()
    {
        var store = CreateStore();
        await store.ChangeAsync(
            Change("42", Acme, true) with
            {
                RequestId = "r",
                Fingerprint = "aa",
            },
            None
        );
        var other = new Followable(FollowKind.Group, "g");

        var write = await store.ChangeAsync(
            Change("42", other, true) with
            {
                RequestId = "r",
                Fingerprint = "bb",
            },
            None
        );

        Assert.Equal(FollowOutcome.RequestIdReused, write.Outcome);
        Assert.Equal([false], await store.AreFollowedByAsync("42", [other], None));
    }

    [Fact]
    public async Task Change_RequestIdOfAnotherMember_IsItsOwn()
    {
        var store = CreateStore();
        await store.ChangeAsync(
            Change("42", Acme, true) with
            {
                RequestId = "r",
                Fingerprint = "aa",
            },
            None
        );

        var write = await store.ChangeAsync(
            Change("43", Acme, true) with
            {
                RequestId = "r",
                Fingerprint = "bb",
            },
            None
        );

        Assert.Equal(FollowOutcome.Changed, write.Outcome);
    }

    [Fact]
    public async Task Apply_OlderTruthArrivingLate_IsIgnored()
    {
        var store = CreateStore();
        var follow = await store.ChangeAsync(Change("42", Acme, follow: true), None);
        var unfollow = await store.ChangeAsync(Change("42", Acme, follow: false), None);
        await FinishAsync(store, unfollow.Pending);

        await store.ApplyAsync(follow.Pending!, None);

        await AssertAgreeAsync(store, [], ["42"], [Acme]);
    }

    [Fact]
    public async Task Apply_TwiceTheSameTruth_IsTheSame()
    {
        var store = CreateStore();
        var follow = await store.ChangeAsync(Change("42", Acme, follow: true), None);

        await store.ApplyAsync(follow.Pending!, None);
        await store.ApplyAsync(follow.Pending!, None);

        Assert.Equal([1L], await store.CountFollowersAsync([Acme], None));
    }

    [Fact]
    public async Task Apply_TruthThatIsTooOld_IsRefusedAndStaysInTheJournal()
    {
        var store = CreateStore();
        var follow = await store.ChangeAsync(Change("42", Acme, follow: true), None);
        Time.Advance(RedisFollowStore.MaxTruthAge + TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<DomainException>(() => store.ApplyAsync(follow.Pending!, None));

        Assert.Equal(1, await SweepAsync(store));
        await AssertAgreeAsync(store, [("42", Acme)], ["42"], [Acme]);
    }

    [Fact]
    public async Task Complete_PairChangedSince_KeepsTheEntry()
    {
        var store = CreateStore();
        var follow = await store.ChangeAsync(Change("42", Acme, follow: true), None);
        await store.ApplyAsync(follow.Pending!, None);
        var unfollow = await store.ChangeAsync(Change("42", Acme, follow: false), None);

        await store.CompleteAsync(follow.Pending!, None);

        var left = await store.ReadPendingAsync(new FollowPair("42", Acme), None);
        Assert.Equal(unfollow.Pending!.Sequence, left!.Sequence);
        Assert.False(left.Following);
    }

    [Fact]
    public async Task ReadJournal_EntriesYoungerThanTheTime_AreLeft()
    {
        var store = CreateStore();
        await store.ChangeAsync(Change("42", Acme, follow: true), None);

        Assert.Empty(
            await store
                .ReadJournalAsync(Time.GetUtcNow() - TimeSpan.FromSeconds(1), None)
                .ToListAsync()
        );
        Assert.Equal(
            [new FollowPair("42", Acme)],
            await store
                .ReadJournalAsync(Time.GetUtcNow() + TimeSpan.FromSeconds(1), None)
                .ToListAsync()
        );
    }

    [Fact]
    public async Task SetBlock_StandingFollow_EndsItAndRefusesANewOne()
    {
        var store = CreateStore();
        var bob = Followable.Member("bob");
        await FollowAsync(store, "ann", bob);

        await FinishAsync(
            store,
            await store.SetBlockAsync(Block("ann", "bob", BlockState.Blocked, 1), None)
        );
        var refused = await store.ChangeAsync(Change("ann", bob, follow: true), None);

        Assert.Equal(FollowOutcome.Blocked, refused.Outcome);
        await AssertAgreeAsync(store, [], ["ann"], [bob]);
    }

    [Fact]
    public async Task SetBlock_Lifted_RestoresNothingAndAllowsANewFollow()
    {
        var store = CreateStore();
        var bob = Followable.Member("bob");
        await FollowAsync(store, "ann", bob);
        await FinishAsync(
            store,
            await store.SetBlockAsync(Block("ann", "bob", BlockState.Blocked, 1), None)
        );

        await FinishAsync(
            store,
            await store.SetBlockAsync(Block("ann", "bob", BlockState.Unblocked, 2), None)
        );

        await AssertAgreeAsync(store, [], ["ann"], [bob]);
        Assert.Equal(FollowOutcome.Changed, (await FollowAsync(store, "ann", bob)).Outcome);
    }

    [Fact]
    public async Task SetBlock_RacingWithFollows_EndsWithoutAFollow()
    {
        var store = CreateStore();
        var bob = Followable.Member("bob");
        for (var round = 0; round < 20; round++)
        {
            var follower = $"ann{round}";
            await Task.WhenAll(
                FollowAsync(store, follower, bob),
                Task.Run(async () =>
                    await FinishAsync(
                        store,
                        await store.SetBlockAsync(
                            Block(follower, "bob", BlockState.Blocked, 1),
                            None
                        )
                    )
                )
            );
            await SweepAsync(store);

            await AssertAgreeAsync(store, [], [follower], [bob]);
        }
    }

    [Fact]
    public async Task Checks_ManyKinds_AnswerInOrder()
    {
        var store = CreateStore();
        Followable[] asked =
        [
            Acme,
            Followable.Member("1"),
            new(FollowKind.Hashtag, "café"),
            Followable.Member("2"),
            Acme,
        ];
        await FollowAsync(store, "42", asked[2]);
        await FollowAsync(store, "42", asked[3]);
        await FollowAsync(store, "1", Followable.Member("42"));

        Assert.Equal(
            [false, false, true, true, false],
            await store.AreFollowedByAsync("42", asked, None)
        );
        Assert.Equal(
            [true, false, true],
            await store.AreFollowersAsync(Followable.Member("42"), ["1", "2", "1"], None)
        );
        Assert.Empty(await store.AreFollowersAsync(Acme, [], None));
    }

    [Fact]
    public async Task ListFollowing_MoreThanTheNewestKept_ListsAllNewestFirst()
    {
        var store = CreateStore();
        var ids = Enumerable.Range(0, 130).Select(number => $"{number:000}").ToArray();
        foreach (var id in ids)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await FollowAsync(store, "42", new Followable(FollowKind.Group, id));
        }

        var listed = await PagesAsync(position =>
            store.ListFollowingAsync("42", FollowKind.Group, true, position, 7, None)
        );

        Assert.Equal(
            [.. ids.Reverse().Take(100), .. ids.Take(30)],
            listed.Select(entry => entry.Id)
        );
        Assert.Equal(Time.GetUtcNow(), listed[0].Since);
        Assert.Null(listed[^1].Since);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ListFollowing_ChangedBetweenPages_NeverMissesWhatStays(bool recentFirst)
    {
        var store = CreateStore();
        var stays = Enumerable.Range(0, 120).Select(number => $"s{number:000}").ToArray();
        foreach (var id in stays)
        {
            await FollowAsync(store, "42", Followable.Member(id));
            await FollowAsync(store, "42", Followable.Member("x" + id));
        }
        var changes = 0;

        var listed = await PagesAsync(async position =>
        {
            var page = await store.ListFollowingAsync(
                "42",
                FollowKind.Member,
                recentFirst,
                position,
                9,
                None
            );
            await UnfollowAsync(
                store,
                "42",
                Followable.Member("x" + stays[changes * 7 % stays.Length])
            );
            await FollowAsync(store, "42", Followable.Member($"n{changes++}"));
            return page;
        });

        Assert.Empty(stays.Except(listed.Select(entry => entry.Id)));
    }

    [Fact]
    public async Task ListFollowers_ChangedBetweenPages_ListsEachThatStaysOnce()
    {
        var store = CreateStore();
        var stays = Enumerable.Range(1000, 40).Select(number => $"{number}").ToArray();
        foreach (var id in stays)
        {
            await FollowAsync(store, id, Acme);
            await FollowAsync(store, "9" + id, Acme);
        }
        var changes = 0;

        var listed = await PagesAsync(async position =>
        {
            var page = await store.ListFollowersAsync(Acme, false, position, 6, None);
            await UnfollowAsync(store, "9" + stays[changes++ % stays.Length], Acme);
            await FollowAsync(store, $"{changes}", Acme);
            return page;
        });

        Assert.Equal(stays, listed.Select(entry => entry.Id).Where(stays.Contains));
    }

    [Fact]
    public async Task ListFollowers_ForgedPosition_IsRefused()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", Acme);

        foreach (var position in new[] { "", "z1", "sabc", "n5" })
        {
            await Assert.ThrowsAsync<DomainException>(() =>
                store.ListFollowersAsync(Acme, false, position, 10, None)
            );
        }
    }

    [Fact]
    public async Task ListFollowers_TooManyForASnapshot_ListsAll()
    {
        var store = CreateStore(snapshotLimit: 50);
        var ids = Enumerable.Range(0, 700).Select(number => $"m{number}").ToArray();
        await Task.WhenAll(ids.Select(id => FollowAsync(store, id, Acme)));

        var listed = await PagesAsync(position =>
            store.ListFollowersAsync(Acme, false, position, 40, None)
        );

        Assert.Equal(
            ids.Order(StringComparer.Ordinal),
            listed.Select(entry => entry.Id).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(50)]
    [InlineData(RedisFollowStore.SnapshotLimit)]
    public async Task StreamFollowers_BrokenOff_ResumesWithoutLoss(int snapshotLimit)
    {
        var store = CreateStore(snapshotLimit);
        var ids = Enumerable.Range(0, 300).Select(number => $"{number}").ToArray();
        await Task.WhenAll(ids.Select(id => FollowAsync(store, id, Acme)));

        var seen = new HashSet<string>();
        string? position = null;
        do
        {
            // one piece of every stream, as if each broke after it
            await foreach (var page in store.StreamFollowersAsync(Acme, position, 32, None))
            {
                seen.UnionWith(page.Entries.Select(entry => entry.Id));
                position = page.Next;
                break;
            }
        } while (position is not null);

        Assert.Equal(ids.Order(), seen.Order());
    }

    [Fact]
    public async Task StreamFollowing_Nothing_IsOneEmptyPiece()
    {
        var pages = await CreateStore()
            .StreamFollowingAsync("42", FollowKind.Member, null, 10, None)
            .ToListAsync();

        Assert.Empty(Assert.Single(pages).Entries);
        Assert.Null(pages[0].Next);
    }

    [Fact]
    public async Task Changes_RacingOnOnePair_AgreeAfterTheSweep()
    {
        var store = CreateStore();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        for (var turn = 0; turn < 25; turn++)
                        {
                            await (
                                (turn + worker) % 2 == 0
                                    ? FollowAsync(store, "42", Acme)
                                    : UnfollowAsync(store, "42", Acme)
                            );
                        }
                    })
                )
        );

        await SweepAsync(store);

        var follows = (await store.AreFollowedByAsync("42", [Acme], None))[0];
        await AssertAgreeAsync(store, follows ? [("42", Acme)] : [], ["42"], [Acme]);
    }

    /// <summary>
    /// Any history of changes, with second and third steps lost, late, doubled and out of order - a crash between any two steps is a
    /// history whose later steps are lost - agrees in both directions once the journal has been swept.
    /// </summary>
    [Fact]
    public async Task Changes_StepsLostLateAndOutOfOrder_AgreeAfterTheSweep()
    {
        var step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 100]);
        // each history on a store of its own
        await step.Array[1, 40].SampleAsync(ReplayAsync, iter: 60, threads: 1);
    }

    private async Task ReplayAsync((int What, int Who, int Whom, int Which)[] history)
    {
        var store = CreateStore();
        string[] members = ["1", "2", "ann"];
        Followable[] entities = [Followable.Member("7"), new(FollowKind.Hashtag, "çà"), Acme];
        var truth = new HashSet<(string, Followable)>();
        var pending = new List<PendingFollow>();
        var applied = new List<PendingFollow>();
        foreach (var (what, who, whom, which) in history)
        {
            var (member, entity) = (members[who], entities[whom]);
            switch (what)
            {
                case 0 or 1:
                    var write = await store.ChangeAsync(
                        Change(member, entity, follow: what == 0),
                        None
                    );
                    var changed =
                        what == 0 ? truth.Add((member, entity)) : truth.Remove((member, entity));
                    Assert.Equal(changed, write.Outcome == FollowOutcome.Changed);
                    if (write.Pending is { } due)
                    {
                        pending.Add(due);
                    }
                    break;
                case 2 or 3 when pending.Count > 0:
                    // stays in the list: it may be applied again, and after later ones
                    await store.ApplyAsync(pending[which % pending.Count], None);
                    applied.Add(pending[which % pending.Count]);
                    break;
                case 4 when applied.Count > 0:
                    await store.CompleteAsync(applied[which % applied.Count], None);
                    break;
                case 5 when which < 10:
                    await SweepAsync(store);
                    break;
                default:
                    break;
            }
        }

        await SweepAsync(store);

        await AssertAgreeAsync(store, [.. truth], members, entities);
        Assert.Empty(
            await store
                .ReadJournalAsync(Time.GetUtcNow() + TimeSpan.FromDays(1), None)
                .ToListAsync()
        );
        // and what is still on its way cannot spoil it
        foreach (var late in pending)
        {
            await store.ApplyAsync(late, None);
        }
        await AssertAgreeAsync(store, [.. truth], members, entities);
    }

    private async Task<int> SweepAsync(IFollowStore store) =>
        await new FollowJournal(store).SweepAsync(Time.GetUtcNow() + TimeSpan.FromDays(1), None);

    [Fact]
    public async Task Import_WhatAnotherStoreHolds_MakesTheSame()
    {
        var source = CreateStore(snapshotLimit: 50);
        var target = CreateStore();
        for (var index = 0; index < RedisFollowStore.NewestKept + 20; index++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await FollowAsync(source, "42", Followable.Member($"m{index}"));
        }
        await UnfollowAsync(source, "42", Followable.Member("m119"));
        await FollowAsync(source, "42", Acme);
        var exported = await ReadAllAsync(source);
        Assert.Equal(120, exported.Count);
        Assert.Equal(100, exported.Count(follow => follow.Since is not null));

        Time.Advance(TimeSpan.FromDays(1));
        foreach (var (pair, since) in exported.Reverse())
        {
            var write = await target.ImportAsync(pair, since, None);
            Assert.Equal(FollowOutcome.Changed, write.Outcome);
            await FinishAsync(target, write.Pending);
        }

        Assert.Equal(exported, await ReadAllAsync(target));
        Assert.Equal([1L], await target.CountFollowersAsync([Acme], None));
        foreach (var (pair, since) in exported)
        {
            var write = await target.ImportAsync(pair, since, None);
            Assert.Equal(new FollowWrite(FollowOutcome.Unchanged, 0, null), write);
        }
        Assert.Equal(exported, await ReadAllAsync(target));
    }

    [Fact]
    public async Task Import_FollowSinceAnotherTime_LeavesIt()
    {
        var store = CreateStore();
        await FollowAsync(store, "42", Acme);
        var before = await ReadAllAsync(store);

        var write = await store.ImportAsync(
            new FollowPair("42", Acme),
            Time.GetUtcNow().AddDays(-1),
            None
        );

        Assert.Equal(FollowOutcome.Different, write.Outcome);
        Assert.Equal(before, await ReadAllAsync(store));
    }

    [Fact]
    public async Task Import_Blocked_IsRefused()
    {
        var store = CreateStore();
        await store.SetBlockAsync(Block("42", "43", BlockState.Blocked, 1), None);

        var write = await store.ImportAsync(
            new FollowPair("42", Followable.Member("43")),
            null,
            None
        );

        Assert.Equal(FollowOutcome.Blocked, write.Outcome);
        Assert.Empty(await ReadAllAsync(store));
    }

    private static async Task<IReadOnlyList<(FollowPair Pair, DateTimeOffset? Since)>> ReadAllAsync(
        IFollowStore store
    ) => await new FollowExport(store).ReadAsync(null, None).ToListAsync();

    private static FollowChange Change(string follower, Followable entity, bool follow) =>
        new(new FollowPair(follower, entity), follow, follower);

    private static BlockChange Block(
        string follower,
        string followee,
        BlockState state,
        long sequence
    ) => new(follower, followee, ByFollower: true, state, sequence);

    protected static async Task<FollowWrite> FollowAsync(
        IFollowStore store,
        string follower,
        Followable entity
    )
    {
        var write = await store.ChangeAsync(Change(follower, entity, follow: true), None);
        await FinishAsync(store, write.Pending);
        return write;
    }

    private static async Task<FollowWrite> UnfollowAsync(
        IFollowStore store,
        string follower,
        Followable entity
    )
    {
        var write = await store.ChangeAsync(Change(follower, entity, follow: false), None);
        await FinishAsync(store, write.Pending);
        return write;
    }

    private static async Task FinishAsync(IFollowStore store, PendingFollow? pending)
    {
        if (pending is not null)
        {
            await store.ApplyAsync(pending, None);
            await store.CompleteAsync(pending, None);
        }
    }

    private static async Task<List<FollowEntry>> PagesAsync(Func<string?, Task<FollowPage>> read)
    {
        var entries = new List<FollowEntry>();
        string? position = null;
        do
        {
            var page = await read(position);
            entries.AddRange(page.Entries);
            position = page.Next;
        } while (position is not null);
        return entries;
    }

    /// <summary>Lists, counts and checks of both directions all say the same.</summary>
    private static async Task AssertAgreeAsync(
        IFollowStore store,
        IReadOnlyCollection<(string Member, Followable Entity)> truth,
        IReadOnlyList<string> members,
        IReadOnlyList<Followable> entities
    )
    {
        foreach (var member in members)
        {
            var expected = entities.Select(entity => truth.Contains((member, entity))).ToArray();
            Assert.Equal(expected, await store.AreFollowedByAsync(member, entities, None));
            foreach (var (kind, count) in await store.CountFollowingAsync(member, None))
            {
                var ids = truth
                    .Where(pair => pair.Member == member && pair.Entity.Kind == kind)
                    .Select(pair => pair.Entity.Id);
                var listed = await PagesAsync(position =>
                    store.ListFollowingAsync(member, kind, false, position, 2, None)
                );
                var recent = await PagesAsync(position =>
                    store.ListFollowingAsync(member, kind, true, position, 2, None)
                );
                Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Select(entry => entry.Id));
                Assert.Equal(
                    ids.Order(StringComparer.Ordinal),
                    recent.Select(entry => entry.Id).Order(StringComparer.Ordinal)
                );
                Assert.Equal(count, listed.Count);
            }
        }
        foreach (var entity in entities)
        {
            var expected = members.Select(member => truth.Contains((member, entity))).ToArray();
            Assert.Equal(expected, await store.AreFollowersAsync(entity, members, None));
            var listed = await PagesAsync(position =>
                store.ListFollowersAsync(entity, false, position, 2, None)
            );
            var ids = truth.Where(pair => pair.Entity == entity).Select(pair => pair.Member);
            Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Select(entry => entry.Id));
            Assert.Equal([(long)listed.Count], await store.CountFollowersAsync([entity], None));
        }
    }
}
