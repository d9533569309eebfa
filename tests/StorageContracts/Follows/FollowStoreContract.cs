using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Platform.Follows.Entities;
using Platform.Follows.Operations;
using Platform.Follows.Storage;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>What <see cref="IFollowStore"/> promises, on any engine. A subclass only says which.</summary>
public abstract partial class FollowStoreContract
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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReadFollowingState_RandomChanges_NoVersionStandsForTwoSets(int seed)
    {
        var store = CreateStore();
        var random = new Random(seed);
        // more of one kind than are kept in order, so that the newest come to an end
        var entities = Enumerable
            .Range(0, RedisFollowStore.NewestKept + 20)
            .Select(id => new Followable(FollowKind.Member, $"m{id}"))
            .Concat([
                Acme,
                new Followable(FollowKind.Hashtag, "h1"),
                new Followable(FollowKind.Hashtag, "h2"),
            ])
            .ToArray();
        var followed = new SortedSet<string>(StringComparer.Ordinal);
        var setsOfVersions = new Dictionary<long, string>();
        for (var step = 0; step < 400; step++)
        {
            // mostly few at a time, and now and then all
            var entity = entities[random.Next(step % 100 < 60 ? 6 : entities.Length)];
            var name = entity.ToString();
            if (followed.Add(name))
            {
                await FollowAsync(store, "42", entity);
            }
            else
            {
                followed.Remove(name);
                await UnfollowAsync(store, "42", entity);
            }
            var state = await store.ReadFollowingStateAsync("42", None);
            Assert.Equal(followed.Count, state.Counts.Sum(count => count.Value));
            Assert.True(state.Version > 0);
            var set = string.Join(',', followed);
            Assert.Equal(set, setsOfVersions.GetValueOrDefault(state.Version, set));
            setsOfVersions[state.Version] = set;
        }
        Assert.True(setsOfVersions.Count > 300);
    }

    [Fact]
    public async Task ListFollowing_EndedMeanwhile_IsNotTwiceOnAPage()
    {
        var store = CreateStore();
        var over = false;
        var changing = Task.Run(async () =>
        {
            while (!Volatile.Read(ref over))
            {
                await store.ChangeAsync(Change("42", Acme, follow: true), None);
                await store.ChangeAsync(Change("42", Acme, follow: false), None);
            }
        });

        try
        {
            for (var look = 0; look < 3000; look++)
            {
                var page = await store.ListFollowingAsync(
                    "42",
                    FollowKind.Company,
                    recentFirst: true,
                    null,
                    10,
                    None
                );
                Assert.InRange(page.Entries.Count, 0, 1);
            }
        }
        finally
        {
            Volatile.Write(ref over, true);
            await changing;
        }
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
