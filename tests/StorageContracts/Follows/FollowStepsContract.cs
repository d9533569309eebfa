using Microsoft.Extensions.Time.Testing;
using Platform.Connections.Client;
using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Members;
using Platform.Follows.Operations;
using Platform.Follows.Storage;
using Platform.Storage.Redis;
using Platform.Tests.StorageContracts.Engines;
using StackExchange.Redis;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>
/// What blocks, limits, mutes, settings, erasure, the record of changes and verification promise, and what is left of a crash at
/// each step; on any engine. A subclass only says which.
/// </summary>
public abstract class FollowStepsContract(RedisEngine engine) : IAsyncLifetime
{
    private static readonly Followable Acme = new(FollowKind.Company, "acme");
    private static readonly Followable Bob = Followable.Member("bob");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
    );
    private RedisConnection _redis = null!;
    private RedisFollowStore _store = null!;
    private RedisMemberStore _members = null!;
    private FollowJournal _journal = null!;

    private FollowKeys Keys => new(_redis.KeyPrefix);

    public async ValueTask InitializeAsync()
    {
        await engine.RequireAsync();
        _redis = engine.Connect();
        _store = new RedisFollowStore(_redis, _time);
        _members = new RedisMemberStore(_redis);
        _journal = new FollowJournal(_store);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>The steps of a change; a crash comes after the first so many of them.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    public async Task Crash_BetweenTheSteps_IsFinishedByTheSweep(bool follow, int steps)
    {
        var pair = new FollowPair("ann", Acme);
        if (!follow)
        {
            await FollowAsync("ann", Acme);
        }
        var write = await _store.ChangeAsync(new FollowChange(pair, follow, "ann"), None);
        if (steps > 0)
        {
            await _store.ApplyAsync(write.Pending!, None);
        }
        if (steps > 1)
        {
            await _store.CompleteAsync(write.Pending!, None);
        }

        await SweepAsync();

        await AssertAgreesAsync("ann", Acme, follow);
    }

    /// <summary>
    /// Garnet keeps only the first writes of a script when it is killed in its middle. Whatever the number of writes that were
    /// kept, the sweep makes both directions agree, and counts equal lists.
    /// </summary>
    [Fact]
    public async Task Crash_WithinTheFirstStepOfAFollow_IsFinishedOrUndone()
    {
        var database = await _redis.GetDatabaseAsync(None);
        var sequence = FollowSequence.Of(_time.GetUtcNow());
        for (var kept = 0; kept <= 6; kept++)
        {
            var member = $"cut{kept}";
            var bucket = FollowKeys.BucketOf(member);
            var name = FollowKeys.PairName(new FollowPair(member, Acme));
            Func<Task>[] writes =
            [
                () => database.StringSetAsync(Keys.Sequence(bucket), sequence),
                () => database.SortedSetAddAsync(Keys.Journal(bucket), name, sequence),
                () => database.SetAddAsync(Keys.Members(bucket), member),
                () => database.SetAddAsync(Keys.Following(member, FollowKind.Company), Acme.Id),
                () =>
                    database.SortedSetAddAsync(
                        Keys.Newest(member, FollowKind.Company),
                        Acme.Id,
                        sequence
                    ),
                () =>
                    database.SortedSetAddAsync(Keys.Record(bucket), "f" + name, (2 * sequence) + 1),
            ];
            foreach (var write in writes.Take(kept))
            {
                await write();
            }

            await SweepAsync();

            await AssertAgreesAsync(member, Acme, follows: kept > 3);
            // and whoever repeats the request gets what it asked for
            await FollowAsync(member, Acme);
            await AssertAgreesAsync(member, Acme, follows: true);
        }
    }

    /// <summary>As above, for an end: the list of the newest first, then the set.</summary>
    [Fact]
    public async Task Crash_WithinTheFirstStepOfAnEnd_IsFinishedOrUndone()
    {
        var database = await _redis.GetDatabaseAsync(None);
        for (var kept = 0; kept <= 4; kept++)
        {
            var member = $"end{kept}";
            await FollowAsync(member, Acme);
            _time.Advance(TimeSpan.FromSeconds(1));
            var sequence = FollowSequence.Of(_time.GetUtcNow());
            var bucket = FollowKeys.BucketOf(member);
            var name = FollowKeys.PairName(new FollowPair(member, Acme));
            Func<Task>[] writes =
            [
                () => database.StringSetAsync(Keys.Sequence(bucket), sequence),
                () => database.SortedSetAddAsync(Keys.Journal(bucket), name, sequence),
                () =>
                    database.SortedSetRemoveAsync(Keys.Newest(member, FollowKind.Company), Acme.Id),
                () => database.SetRemoveAsync(Keys.Following(member, FollowKind.Company), Acme.Id),
            ];
            foreach (var write in writes.Take(kept))
            {
                await write();
            }

            await SweepAsync();

            await AssertAgreesAsync(member, Acme, follows: kept < 4);
        }
    }

    [Fact]
    public async Task Crash_WithinTheSecondStep_IsFinishedByTheSweep()
    {
        var database = await _redis.GetDatabaseAsync(None);
        for (var kept = 0; kept <= 3; kept++)
        {
            var member = $"apply{kept}";
            await _store.ChangeAsync(
                new FollowChange(new FollowPair(member, Acme), true, member),
                None
            );
            Func<Task>[] writes =
            [
                () =>
                    database.SetAddAsync(
                        Keys.Entities(FollowKeys.BucketOf(Acme)),
                        FollowKeys.EntityName(Acme)
                    ),
                () => database.SetAddAsync(Keys.Followers(Acme), member),
                () => database.SortedSetAddAsync(Keys.NewestFollowers(Acme), member, 1),
            ];
            foreach (var write in writes.Take(kept))
            {
                await write();
            }

            await SweepAsync();

            await AssertAgreesAsync(member, Acme, follows: true);
        }
    }

    [Fact]
    public async Task SetBlock_OlderChangeArrivingLate_IsIgnored()
    {
        await BlockAsync("ann", "bob", byFollower: true, BlockState.Blocked, 5);
        await BlockAsync("ann", "bob", byFollower: true, BlockState.Unblocked, 7);

        // by a replica that was stopped for a while; numbers are compared as numbers
        await BlockAsync("ann", "bob", byFollower: true, BlockState.Blocked, 6);
        Assert.Equal(FollowOutcome.Changed, (await FollowAsync("ann", Bob)).Outcome);

        await BlockAsync("ann", "bob", byFollower: true, BlockState.Blocked, 10);
        await BlockAsync("ann", "bob", byFollower: true, BlockState.Unblocked, 9);
        Assert.Equal(FollowOutcome.Blocked, (await FollowAsync("ann", Bob)).Outcome);
        await AssertAgreesAsync("ann", Bob, follows: false);
    }

    [Fact]
    public async Task SetBlock_OfBothSides_StandsUntilBothAreLifted()
    {
        await BlockAsync("ann", "bob", byFollower: true, BlockState.Blocked, 1);
        await BlockAsync("ann", "bob", byFollower: false, BlockState.Blocked, 2);

        await BlockAsync("ann", "bob", byFollower: true, BlockState.Unblocked, 3);
        Assert.Equal([true], await _members.AreBlockedAsync("ann", ["bob"], None));
        Assert.Equal(FollowOutcome.Blocked, (await FollowAsync("ann", Bob)).Outcome);

        await BlockAsync("ann", "bob", byFollower: false, BlockState.Unblocked, 4);
        Assert.Equal([false], await _members.AreBlockedAsync("ann", ["bob"], None));
        Assert.Equal(FollowOutcome.Changed, (await FollowAsync("ann", Bob)).Outcome);
    }

    [Fact]
    public async Task Get_Many_AreAsEachByItself()
    {
        // more than are asked for one by one
        string[] members = [.. Enumerable.Range(0, 30).Select(index => $"m{index}")];
        Assert.All(
            await _members.GetAsync(members, None),
            state => Assert.Equal(MemberState.Default, state)
        );
        await _members.UpdateAsync(
            new SettingsChange("m3", FollowerCountVisibility.OnlyMe, null),
            None
        );
        await _members.UpdateAsync(new SettingsChange("m7", null, FollowAudience.Nobody), None);
        await _members.MarkDeletedAsync("m7", None);
        await _members.MarkDeletedAsync("m29", None);
        string[] asked = [.. members, "m7", "m0", "m3"];

        var states = await _members.GetAsync(asked, None);

        Assert.Equal(
            [
                (
                    3,
                    new MemberState(FollowerCountVisibility.OnlyMe, FollowAudience.Everyone, false)
                ),
                (7, new MemberState(FollowerCountVisibility.Everyone, FollowAudience.Nobody, true)),
                (29, MemberState.Default with { IsDeleted = true }),
                (
                    30,
                    new MemberState(FollowerCountVisibility.Everyone, FollowAudience.Nobody, true)
                ),
                (
                    32,
                    new MemberState(FollowerCountVisibility.OnlyMe, FollowAudience.Everyone, false)
                ),
            ],
            states.Index().Where(one => one.Item != MemberState.Default)
        );
    }

    [Fact]
    public async Task AreBlocked_Many_AreAsEachByItself()
    {
        string[] others = [.. Enumerable.Range(0, 30).Select(index => $"m{index}")];
        Assert.DoesNotContain(true, await _members.AreBlockedAsync("ann", others, None));
        await BlockAsync("ann", "m4", byFollower: true, BlockState.Blocked, 1);
        await BlockAsync("ann", "m9", byFollower: false, BlockState.Blocked, 2);
        await BlockAsync("ann", "m5", byFollower: true, BlockState.Blocked, 3);
        await BlockAsync("ann", "m5", byFollower: true, BlockState.Unblocked, 4);

        var blocked = await _members.AreBlockedAsync("ann", others, None);

        Assert.Equal([4, 9], blocked.Index().Where(one => one.Item).Select(one => one.Index));
    }

    [Fact]
    public async Task Change_Limits_HoldExactlyWithManyAtOnce()
    {
        var bounds = new FollowBounds(Follows: 5, FollowersPercent: 200, Hourly: 8);

        var first = await RaceAsync("ann", bounds, 0);
        Assert.Equal(5, first.Count(write => write.Outcome == FollowOutcome.Changed));
        Assert.Equal(15, first.Count(write => write.Outcome == FollowOutcome.LimitReached));
        Assert.Equal(5, (await _store.ReadUsageAsync("ann", None)).Following);

        // 200 % of four followers is more than five
        foreach (var follower in new[] { "f1", "f2", "f3", "f4" })
        {
            await FollowAsync(follower, Followable.Member("ann"));
        }
        var second = await RaceAsync("ann", bounds, 100);
        Assert.Equal(3, second.Count(write => write.Outcome == FollowOutcome.Changed));
        Assert.Equal(17, second.Count(write => write.Outcome == FollowOutcome.RateReached));

        // the hour moves on, and the limit of all is what holds
        _time.Advance(RedisFollowStore.Hour + TimeSpan.FromSeconds(1));
        var third = await RaceAsync("ann", bounds, 200);
        Assert.All(third, write => Assert.Equal(FollowOutcome.LimitReached, write.Outcome));
        var usage = await _store.ReadUsageAsync("ann", None);
        Assert.Equal(
            (8, 4, 0, null),
            (usage.Following, usage.Followers, usage.Hourly, usage.HourlySince)
        );
    }

    [Fact]
    public async Task Change_FollowedAlready_TakesNothingOfTheLimits()
    {
        var bounds = new FollowBounds(Follows: 1, FollowersPercent: 0, Hourly: 1);
        var change = new FollowChange(new FollowPair("ann", Acme), true, "ann", Bounds: bounds);
        await _store.ChangeAsync(change, None);

        var again = await _store.ChangeAsync(change, None);

        Assert.Equal(FollowOutcome.Unchanged, again.Outcome);
        Assert.Equal((1, 1), (again.Usage!.Following, again.Usage.Hourly));
        Assert.Equal(_time.GetUtcNow(), again.Usage.HourlySince);
    }

    [Fact]
    public async Task ListFollowers_Recent_IsNewestFirstAndAll()
    {
        const int All = RedisFollowStore.NewestKept + 20;
        for (var number = 0; number < All; number++)
        {
            await FollowAsync($"f{number:000}", Acme);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        var entries = new List<FollowEntry>();
        string? position = null;
        do
        {
            var page = await _store.ListFollowersAsync(Acme, true, position, 7, None);
            entries.AddRange(page.Entries);
            position = page.Next;
        } while (position is not null);

        var newest = Enumerable
            .Range(All - RedisFollowStore.NewestKept, RedisFollowStore.NewestKept)
            .Reverse();
        Assert.Equal(
            newest.Concat(Enumerable.Range(0, 20)).Select(number => $"f{number:000}"),
            entries.Select(entry => entry.Id)
        );
        Assert.All(entries.Take(RedisFollowStore.NewestKept), entry => Assert.NotNull(entry.Since));
        Assert.All(entries.Skip(RedisFollowStore.NewestKept), entry => Assert.Null(entry.Since));
    }

    [Fact]
    public async Task Mutes_ChangedAndEnded_AreWhatChecksSay()
    {
        var mutes = new RedisMuteStore(_redis, _time);
        var end = _time.GetUtcNow().AddMinutes(5);
        var first = await mutes.ChangeAsync(
            new MuteChange("ann", Acme, MuteScope.Posts, null),
            10,
            None
        );
        await mutes.ChangeAsync(new MuteChange("ann", Bob, MuteScope.All, end), 10, None);

        Assert.Equal(new Mute(Acme, MuteScope.Posts, _time.GetUtcNow(), null), first.Mute);
        Assert.Equal([Bob, Acme], (await mutes.ReadAsync("ann", None)).Select(mute => mute.Entity));
        foreach (var padding in new[] { 0, 20 })
        {
            Followable[] asked =
            [
                Acme,
                Bob,
                new(FollowKind.Group, "acme"),
                .. Enumerable.Range(0, padding).Select(id => Followable.Member($"{id}")),
            ];
            var standings = await _store.CheckAsync("ann", asked, None);
            Assert.Equal(
                [MuteScope.Posts, MuteScope.All, null],
                standings.Take(3).Select(standing => standing.Mute?.Scope)
            );
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([true, false], await mutes.AreMutedAsync("ann", [Acme, Bob], None));
        Assert.Null((await _store.CheckAsync("ann", [Bob], None))[0].Mute);
        var ended = await mutes.ChangeAsync(new MuteChange("ann", Bob, null, null), 10, None);
        Assert.Equal(MuteOutcome.NotMuted, ended.Outcome);
        var full = await mutes.ChangeAsync(
            new MuteChange("ann", Bob, MuteScope.All, null),
            1,
            None
        );
        Assert.Equal(MuteOutcome.LimitReached, full.Outcome);
    }

    [Fact]
    public async Task Settings_AndErasure_AreKeptByMember()
    {
        var change = new SettingsChange("ann", FollowerCountVisibility.OnlyMe, null, "r", "aa");
        var write = await _members.UpdateAsync(change, None);
        await _members.UpdateAsync(new SettingsChange("ann", null, FollowAudience.Nobody), None);

        Assert.Equal(
            MemberState.Default with
            {
                CountVisibility = FollowerCountVisibility.OnlyMe,
            },
            write.State
        );
        Assert.Equal(write.State, (await _members.UpdateAsync(change, None)).State);
        Assert.Equal(
            [
                new MemberState(FollowerCountVisibility.OnlyMe, FollowAudience.Nobody, false),
                MemberState.Default,
            ],
            await _members.GetAsync(["ann", "bob"], None)
        );

        await FollowAsync("bob", Followable.Member("ann"));
        await _members.MarkDeletedAsync("ann", None);
        Assert.False(await _members.ForgetAsync("ann", None), "somebody still follows");
        Assert.Equal(FollowOutcome.FollowerDeleted, (await FollowAsync("ann", Acme)).Outcome);
        var end = await _store.ChangeAsync(
            new FollowChange(new FollowPair("bob", Followable.Member("ann")), false, "bob"),
            None
        );
        await _journal.FinishAsync(end.Pending!, None);

        Assert.True(await _members.ForgetAsync("ann", None));
        Assert.Equal(
            [MemberState.Default with { IsDeleted = true }],
            await _members.GetAsync(["ann"], None)
        );
        Assert.Equal(
            SettingsOutcome.MemberDeleted,
            (
                await _members.UpdateAsync(
                    new SettingsChange("ann", null, FollowAudience.Everyone),
                    None
                )
            ).Outcome
        );
    }

    [Fact]
    public async Task Record_Changes_StandOncePerPairInTheirOrder()
    {
        var record = new RedisFollowRecord(_redis);
        var bucket = FollowKeys.BucketOf("ann");
        var start = (await record.ReadTipsAsync([bucket], None))[0];
        await FollowAsync("ann", Acme);
        await FollowAsync("ann", Bob);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _store.ChangeAsync(new FollowChange(new FollowPair("ann", Acme), false, "ann"), None);
        await new RedisMuteStore(_redis, _time).ChangeAsync(
            new MuteChange("ann", Acme, MuteScope.All, null),
            10,
            None
        );

        var read = (await record.ReadAsync([(bucket, start)], 10, None))[0];
        Assert.Equal(
            [(Bob, false, true), (Acme, false, false), (Acme, true, true)],
            read.Select(change => (change.Pair.Entity, change.IsMute, change.Holds))
        );
        Assert.Equal(read[^1].Sequence, (await record.ReadTipsAsync([bucket], None))[0]);
        var rest = await record.ReadAsync([(bucket, read[0].Sequence), (bucket, start)], 1, None);
        Assert.Equal([Acme, Bob], rest.Select(changes => Assert.Single(changes).Pair.Entity));

        Assert.Equal(1, await record.TrimAsync(read[1].Sequence, None));
        Assert.Equal(read.Skip(1), (await record.ReadAsync([(bucket, start)], 10, None))[0]);
    }

    [Fact]
    public async Task Verify_SeededDamage_IsFoundAndMended()
    {
        var database = await _redis.GetDatabaseAsync(None);
        var verifier = new FollowVerifier(_store, _members, _journal);
        foreach (var member in new[] { "ann", "bob", "cid" })
        {
            await FollowAsync(member, Acme);
            await FollowAsync(member, Followable.Member("dan"));
        }
        await database.SetRemoveAsync(Keys.Followers(Acme), "ann");
        await database.SetRemoveAsync(Keys.Following("bob", FollowKind.Company), "acme");
        await database.HashSetAsync(Keys.Blocks("cid"), "<dan", "b7");
        (FollowFindingKind, string)[] expected =
        [
            (FollowFindingKind.MissingFollower, "ann"),
            (FollowFindingKind.StrayFollower, "bob"),
            // of both lists: the script that removes one removes the other
            (FollowFindingKind.StrayRecent, "ann"),
            (FollowFindingKind.StrayRecent, "bob"),
            (FollowFindingKind.Blocked, "cid"),
        ];

        var dry = await RunAsync(verifier, repair: false);
        var repair = await RunAsync(verifier, repair: true);

        Assert.Equal(expected.Order(), dry);
        Assert.Equal(
            expected.Select(one => one.Item1).Distinct().Order(),
            repair.Select(one => one.Kind).Distinct().Order()
        );
        Assert.Empty(await RunAsync(verifier, repair: false));
        await AssertAgreesAsync("ann", Acme, follows: true);
        await AssertAgreesAsync("bob", Acme, follows: false);
        await AssertAgreesAsync("cid", Followable.Member("dan"), follows: false);
    }

    /// <summary>A change comes at least once, and anew from the beginning of the record when a cursor is lost.</summary>
    [Fact]
    public async Task MemberDeleted_ToldTwice_BeginsTheErasureOnceMoreAndChangesNothing()
    {
        await FollowAsync("ann", Acme);
        var change = new RecordedChange(
            RecordedChangeKind.MemberDeleted,
            "ann",
            "",
            "",
            7,
            _time.GetUtcNow()
        );
        var eraser = new FollowEraser(_store, _members, _journal);
        for (var told = 0; told < 2; told++)
        {
            await Consumer().ApplyAsync([change], $"cursor {told}", None);

            Assert.Equal(["ann"], await _members.SampleErasuresAsync(5, None));
            Assert.Equal(
                [MemberState.Default with { IsDeleted = true }],
                await _members.GetAsync(["ann"], None)
            );
            Assert.Equal((true, told == 0 ? 1 : 0), await eraser.DeleteAsync("ann", None));
            await _members.EndErasureAsync("ann", None);
            Assert.Empty(await _members.SampleErasuresAsync(5, None));
        }
        Assert.Equal("cursor 1", await Consumer().ReadCursorAsync(None));
        await AssertAgreesAsync("ann", Acme, follows: false);
    }

    [Fact]
    public async Task Claim_HeldByAnother_IsRefusedUntilItLapses()
    {
        var consumer = Consumer();
        Assert.True(await consumer.ClaimAsync("one", TimeSpan.FromMilliseconds(300), None));
        Assert.True(await consumer.ClaimAsync("one", TimeSpan.FromMilliseconds(300), None));
        Assert.False(await consumer.ClaimAsync("two", TimeSpan.FromMinutes(1), None));

        await Platform.Testing.Eventually.HoldsAsync(
            "the claim lapses",
            () => consumer.ClaimAsync("two", TimeSpan.FromMinutes(1), None)
        );
        Assert.False(await consumer.ClaimAsync("one", TimeSpan.FromMinutes(1), None));
    }

    private ConnectionChangesConsumer Consumer() =>
        new(_store, _journal, new FollowEraser(_store, _members, _journal), _redis);

    private static async Task<List<(FollowFindingKind Kind, string Follower)>> RunAsync(
        FollowVerifier verifier,
        bool repair
    )
    {
        var found = new List<(FollowFindingKind, string)>();
        await foreach (var piece in verifier.VerifyAsync(default, repair, None))
        {
            found.AddRange(piece.Findings.Select(one => (one.Kind, one.Pair.Follower)));
        }
        return [.. found.Order()];
    }

    private async Task<FollowWrite[]> RaceAsync(string member, FollowBounds bounds, int from) =>
        await Task.WhenAll(
            Enumerable
                .Range(from, 20)
                .Select(id =>
                    _store.ChangeAsync(
                        new FollowChange(
                            new FollowPair(member, new Followable(FollowKind.Group, $"{id}")),
                            true,
                            member,
                            Bounds: bounds
                        ),
                        None
                    )
                )
        );

    private async Task BlockAsync(
        string follower,
        string followee,
        bool byFollower,
        BlockState state,
        long sequence
    )
    {
        var pending = await _store.SetBlockAsync(
            new BlockChange(follower, followee, byFollower, state, sequence),
            None
        );
        if (pending is not null)
        {
            await _journal.FinishAsync(pending, None);
        }
    }

    private async Task<FollowWrite> FollowAsync(string follower, Followable entity)
    {
        var write = await _store.ChangeAsync(
            new FollowChange(new FollowPair(follower, entity), true, follower),
            None
        );
        if (write.Pending is { } pending)
        {
            await _journal.FinishAsync(pending, None);
        }
        return write;
    }

    private async Task SweepAsync() =>
        await _journal.SweepAsync(_time.GetUtcNow() + TimeSpan.FromDays(1), None);

    /// <summary>Checks, counts and lists of both directions say the same, and nothing waits.</summary>
    private async Task AssertAgreesAsync(string member, Followable entity, bool follows)
    {
        Assert.Equal([follows], await _store.AreFollowedByAsync(member, [entity], None));
        Assert.Equal([follows], await _store.AreFollowersAsync(entity, [member], None));
        var following = await _store.ListFollowingAsync(
            member,
            entity.Kind,
            false,
            null,
            1000,
            None
        );
        Assert.Equal(follows, following.Entries.Any(entry => entry.Id == entity.Id));
        Assert.Equal(
            following.Entries.Count,
            (await _store.CountFollowingAsync(member, None)).Single(c => c.Key == entity.Kind).Value
        );
        var followers = await _store.ListFollowersAsync(entity, false, null, 1000, None);
        Assert.Equal(follows, followers.Entries.Any(entry => entry.Id == member));
        Assert.Equal(
            [(long)followers.Entries.Count],
            await _store.CountFollowersAsync([entity], None)
        );
        Assert.Null(await _store.ReadPendingAsync(new FollowPair(member, entity), None));
    }
}
