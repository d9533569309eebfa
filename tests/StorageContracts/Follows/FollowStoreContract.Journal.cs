using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CsCheck;
using Platform.Follows.Entities;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.StorageContracts.Follows;

public abstract partial class FollowStoreContract
{
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
    public async Task Measure_ChangesHalfWay_AreReportedWithTheAgeOfTheOldest()
    {
        var store = CreateStore();
        using var depth = new Shown<long>("follows.journal.depth");
        using var oldest = new Shown<double>("follows.journal.oldest");
        var journal = new FollowJournal(store);
        for (var follower = 40; follower < 57; follower++)
        {
            await store.ChangeAsync(Change($"{follower}", Acme, follow: true), None);
        }

        await journal.MeasureAsync(Time.GetUtcNow() + TimeSpan.FromSeconds(1234), None);

        Assert.Contains(17, depth.Values);
        Assert.Contains(oldest.Values, seconds => seconds is >= 1234 and < 1236);
        Assert.Equal(17, await SweepAsync(store));
        await journal.MeasureAsync(Time.GetUtcNow(), None);
        Assert.Contains(0, depth.Values);
    }

    /// <summary>What a gauge has shown meanwhile, to whichever test.</summary>
    private sealed class Shown<T> : IDisposable
        where T : struct
    {
        private readonly MeterListener _listener = new();

        public Shown(string gauge)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == gauge)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<T>((_, value, _, _) => Values.Enqueue(value));
            _listener.Start();
        }

        public ConcurrentQueue<T> Values { get; } = new();

        public void Dispose() => _listener.Dispose();
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
}
