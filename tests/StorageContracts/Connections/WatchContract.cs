using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>
/// What watchers are promised on every engine: whoever goes on from any cursor of a run misses nothing, whatever was written
/// meanwhile, by how many processes, and wherever the reader stopped.
/// </summary>
public abstract class WatchContract : IAsyncLifetime
{
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        // so short that histories are made of everything
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(1)
    );
    private static readonly string[] Members = ["ann", "bob", "dan", "eve", "mia", "tom"];
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ChangeSignal _signal = new();
    private IConnectionStore _store = null!;
    private IConnectionStore _second = null!;
    private ChangeFeed _feed = null!;
    private WatchHandler _handler = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How many random histories; fewer where each write takes longer.</summary>
    protected abstract int Histories { get; }

    /// <summary>Opens the store of this test; called again it opens the same one anew, as another process would.</summary>
    protected abstract Task<IConnectionStore> OpenAsync();

    /// <summary>Opens the documents of members; <see cref="CloseAsync"/> closes what they need.</summary>
    protected abstract Task<IMemberStore> OpenMembersAsync();

    /// <summary>Closes a store opened before.</summary>
    protected abstract Task CloseAsync(IConnectionStore store);

    public async ValueTask InitializeAsync()
    {
        var members = await OpenMembersAsync();
        _store = await OpenAsync();
        _second = await OpenAsync();
        _feed = new ChangeFeed(
            _store,
            _signal,
            Options.Create(new WatchOptions()),
            TimeProvider.System,
            NullLogger<ChangeFeed>.Instance
        );
        await _feed.StartAsync(Cancel);
        _handler = new WatchHandler(_store, members, _feed, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        // there is none where the engine is not there
        if (_feed is not null)
        {
            await _feed.StopAsync(CancellationToken.None);
            _feed.Dispose();
            await CloseAsync(_store);
            await CloseAsync(_second);
        }
    }

    [Fact]
    public async Task Watch_ResumedFromEveryCursorOfARun_MissesNothing()
    {
        for (var history = 0; history < Histories; history++)
        {
            var prefix = $"h{history}";
            // one watches all the while, one only catches up in the middle; both stop anywhere
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var live = new List<WatchEvent>();
            var watching = WatchAsync(null, live, () => false, ending.Token);
            await Eventually.HoldsAsync(
                "the watch has begun",
                () =>
                {
                    lock (live)
                    {
                        return Task.FromResult(live.Count > 0);
                    }
                }
            );
            await WriteHistoryAsync(prefix, history);
            var caughtUp = await CatchUpAsync(RecordCursor.Beginning);
            await WriteHistoryAsync(prefix, history + 1000);

            var expected = await RecordAsync(prefix);
            await Eventually.HoldsAsync(
                "the live watcher has all",
                () =>
                {
                    lock (live)
                    {
                        return Task.FromResult(
                            live.Count(sent => sent.Change is not null) >= expected.Count
                        );
                    }
                }
            );
            await ending.CancelAsync();
            await watching;

            // one stream that does not break tells nothing twice
            Assert.Equal(expected.Order(), Told(live, prefix).Order());
            foreach (var run in new[] { live, caughtUp })
            {
                var stopAt = Enumerable.Range(0, run.Count).Where(index => Keep(index, run.Count));
                foreach (var stop in stopAt)
                {
                    var rest = await CatchUpAsync(run[stop].Cursor);
                    var told = Told(run.Take(stop + 1), prefix).Concat(Told(rest, prefix));
                    // the live one began after earlier histories, and nothing of this one
                    Assert.Equal(expected.Order(), told.Distinct().Order());
                    AssertInOrder(rest);
                }
            }
        }

        // every cursor where it is cheap, else every third and the ends
        bool Keep(int index, int count) =>
            Histories > 5 || index % 3 == 0 || index < 3 || index > count - 3;
    }

    [Fact]
    public async Task Watch_ThousandsOfChanges_ComeOnceEachAndInTheOrderOfTheirPair()
    {
        const int Pairs = 700;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var live = new List<WatchEvent>();
        var watching = WatchAsync(
            null,
            live,
            () => live.Count(sent => sent.Change is not null) == 3 * Pairs,
            ending.Token
        );
        await Eventually.HoldsAsync(
            "the watch has begun",
            () =>
            {
                lock (live)
                {
                    return Task.FromResult(live.Count > 0);
                }
            }
        );

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Pairs),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (index, _) =>
            {
                // the other process does not tell this one
                var store = index % 2 == 0 ? _store : _second;
                var pair = MemberPair.Of($"a{index}", $"b{index}");
                await StoreAsync(
                    store,
                    Relationship.None(pair).Send(Command(pair.Low), "", null, Policy)
                );
                await StoreAsync(
                    store,
                    (await store.GetAsync(pair, Cancel)).Accept(Command(pair.High), 1)
                );
                await StoreAsync(
                    store,
                    (await store.GetAsync(pair, Cancel)).Remove(Command(pair.Low))
                );
            }
        );

        await watching.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        Assert.Equal(3 * Pairs, Told(live, "").Distinct().Count());
        AssertInOrder(live);
    }

    [Fact]
    public async Task Watch_OfOneMember_IsToldOfTheirPairsOnly()
    {
        await WriteHistoryAsync("x", 1);
        var filter = new WatchFilter { Member = "x-ann", IsMember = true };

        var told = await CatchUpAsync(RecordCursor.Beginning, filter);

        Assert.All(
            told.Where(sent => sent.Change is not null),
            sent => Assert.NotEqual(Side.None, sent.Change!.Pair.SideOf("x-ann"))
        );
        Assert.Equal(
            (await RecordAsync("x")).Count(line => line.Pair.Split('|').Contains("x-ann")),
            told.Count(sent => sent.Change is not null)
        );
    }

    [Fact]
    public async Task Watch_PairThatChangedTooOften_ExpiresTheCursorOfWhoWasAway()
    {
        await WriteHistoryAsync("x", 1);
        var caughtUp = await CatchUpAsync(RecordCursor.Beginning);
        await FlapAsync();
        var expired = await Assert.ThrowsAsync<DomainException>(() =>
            CatchUpAsync(caughtUp[^1].Cursor)
        );
        Assert.Equal(ErrorReason.CursorExpired, expired.Reason);

        // whom the pair does not concern is not bothered, and the beginning is what there is
        await CatchUpAsync(
            caughtUp[^1].Cursor,
            new WatchFilter { Watched = new HashSet<string> { "x-ann" } }
        );
        var fromBeginning = await CatchUpAsync(RecordCursor.Beginning);
        Assert.Equal(Relationship.MaxLedger, Told(fromBeginning, "flap").Count());

        async Task FlapAsync()
        {
            var pair = MemberPair.Of("flap-a", "flap-b");
            for (var round = 1; round <= Relationship.MaxLedger / 3 + 2; round++)
            {
                var now = await _store.GetAsync(pair, Cancel);
                await StoreAsync(_store, now.Send(Command(pair.Low), "", null, Policy));
                now = await _store.GetAsync(pair, Cancel);
                await StoreAsync(_store, now.Accept(Command(pair.High), round));
                now = await _store.GetAsync(pair, Cancel);
                await StoreAsync(_store, now.Remove(Command(pair.Low)));
            }
        }
    }

    private static RelationshipCommand Command(string actor, int minute = 0) =>
        new(actor, Start.AddMinutes(minute));

    // two writers at a time; each change is one of those that the pair allows
    private Task WriteHistoryAsync(string prefix, int seed) =>
        Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(writer =>
                    Task.Run(
                        async () =>
                        {
                            var random = new Random(seed * 2 + writer);
                            var store = writer == 0 ? _store : _second;
                            for (var step = 0; step < 30; step++)
                            {
                                var members = random
                                    .GetItems(Members, Members.Length)
                                    .Distinct()
                                    .Take(2)
                                    .ToList();
                                if (members.Count < 2)
                                {
                                    continue;
                                }
                                var pair = MemberPair.Of(
                                    $"{prefix}-{members[0]}",
                                    $"{prefix}-{members[1]}"
                                );
                                await ChangeAsync(store, pair, random, step);
                            }
                        },
                        Cancel
                    )
                )
        );

    private async Task ChangeAsync(IConnectionStore store, MemberPair pair, Random random, int step)
    {
        var now = await store.GetAsync(pair, Cancel);
        var command = Command(random.Next(2) == 0 ? pair.Low : pair.High, step);
        var number = now.Invitation?.Number ?? 0;
        var next = random.Next(5) switch
        {
            0 => now.Decline(command, number, DeclineReason.NotNow, "", Policy).Next,
            1 => now.Withdraw(command, number, Policy).Next,
            2 => now.Expire(Start.AddDays(200)),
            3 => now.Remove(command).Next,
            _ => now.Send(command, "", null, Policy).Next,
        };
        if (next is not null && await store.TryStoreAsync(next, Cancel) is not null)
        {
            if (ReferenceEquals(store, _store))
            {
                _signal.Raise();
            }
        }
    }

    private async Task StoreAsync(IConnectionStore store, Decision decision)
    {
        Assert.NotNull(await store.TryStoreAsync(decision.Next!, Cancel));
        if (ReferenceEquals(store, _store))
        {
            _signal.Raise();
        }
    }

    private async Task<List<WatchEvent>> CatchUpAsync(
        RecordCursor cursor,
        WatchFilter? filter = null
    )
    {
        var told = new List<WatchEvent>();
        // the first sign of life says that the past is over
        await WatchAsync(cursor, told, () => told[^1].Change is null, Cancel, filter);
        return told;
    }

    private async Task WatchAsync(
        RecordCursor? cursor,
        List<WatchEvent> told,
        Func<bool> isEnough,
        CancellationToken cancellationToken,
        WatchFilter? filter = null
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await _handler.WatchAsync(
                filter ?? new WatchFilter(),
                cursor,
                TimeSpan.FromMinutes(1),
                async (sent, _) =>
                {
                    bool enough;
                    lock (told)
                    {
                        told.Add(sent);
                        enough = isEnough();
                    }
                    if (enough)
                    {
                        await ending.CancelAsync();
                    }
                },
                ending.Token
            );
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // how a watch ends
        }
    }

    private async Task<List<(string Pair, long Revision)>> RecordAsync(string prefix) =>
        [
            .. (await _store.ReadChangesAsync(0, int.MaxValue, Cancel))
                .Where(pair => pair.Pair.Low.StartsWith(prefix, StringComparison.Ordinal))
                .SelectMany(pair => pair.Ledger, (pair, line) => (Text(pair.Pair), line.Revision)),
        ];

    private static IEnumerable<(string Pair, long Revision)> Told(
        IEnumerable<WatchEvent> events,
        string prefix
    ) =>
        events
            .Where(sent =>
                sent.Change?.Pair.Low.StartsWith(prefix, StringComparison.Ordinal) == true
            )
            .Select(sent => (Text(sent.Change!.Pair), sent.Change.Revision));

    private static string Text(MemberPair pair) => $"{pair.Low}|{pair.High}";

    private static void AssertInOrder(IEnumerable<WatchEvent> events)
    {
        foreach (var pair in Told(events, "").GroupBy(change => change.Pair))
        {
            var revisions = pair.Select(change => change.Revision).ToList();
            Assert.Equal(revisions.Order().Distinct(), revisions);
        }
    }
}
