using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Platform.Common.V1;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>Finishes what the journal says is not finished, and strikes out what is.</summary>
public sealed class FollowJournal(IFollowStore store)
{
    private const int CompletedTogether = 64;
    private const int FinishedTogether = 16;

    private static readonly Meter Meter = new("Platform.Follows");

    private static readonly Gauge<long> Left = Meter.CreateGauge<long>(
        "follows.journal.left",
        "{follow}",
        "Follows that the last sweep of this replica found half-way and could not finish; every replica sweeps all."
    );

    private static readonly Gauge<long> Depth = Meter.CreateGauge<long>(
        "follows.journal.depth",
        "{entry}",
        "Entries of the journal, of all replicas: follows under way, and such as were left half-way."
    );

    private static readonly Gauge<double> Oldest = Meter.CreateGauge<double>(
        "follows.journal.oldest",
        "s",
        "The age of the oldest entry of the journal, of all replicas; 0 if there is none."
    );

    // What does not fit is found by the sweep: it costs a repeated step, nothing else.
    private readonly Channel<PendingFollow> _applied = Channel.CreateBounded<PendingFollow>(
        new BoundedChannelOptions(10_000)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
        }
    );

    /// <summary>
    /// Takes the second step of a change; its entry is struck out soon, off the caller's path. A follow of somebody who was
    /// erased meanwhile is ended.
    /// </summary>
    /// <returns>False if there is nobody to follow.</returns>
    /// <exception cref="DomainException">The store's; the worker takes the step later.</exception>
    public async Task<bool> ApplyAsync(PendingFollow pending, CancellationToken cancellationToken)
    {
        var outcome = await ApplyInverseAsync(pending, cancellationToken);
        if (outcome != ApplyOutcome.FolloweeDeleted)
        {
            _applied.Writer.TryWrite(pending);
            return true;
        }
        var end = await store.ChangeAsync(
            new FollowChange(pending.Pair, Follow: false, pending.Pair.Follower),
            cancellationToken
        );
        if (end.Pending is { } last)
        {
            await store.ApplyAsync(last, cancellationToken);
            _applied.Writer.TryWrite(last);
        }
        return false;
    }

    /// <summary>A full store has refused the second step only: the change stands, and is finished when there is room.</summary>
    private async Task<ApplyOutcome> ApplyInverseAsync(
        PendingFollow pending,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await store.ApplyAsync(pending, cancellationToken);
        }
        catch (DomainException full) when (full.Reason == ErrorReason.StoreFull)
        {
            throw new DomainException(
                ErrorReason.StoreUnavailable,
                "The follow could not be finished; it will be.",
                full
            );
        }
    }

    /// <summary>Takes the second and the third step of a change at once.</summary>
    /// <exception cref="DomainException">The store's; the worker takes them later.</exception>
    public async Task FinishAsync(PendingFollow pending, CancellationToken cancellationToken)
    {
        if (await ApplyAsync(pending, cancellationToken))
        {
            await store.CompleteAsync(pending, cancellationToken);
        }
    }

    /// <summary>Waits for changes whose inverse <see cref="ApplyAsync"/> made and strikes out their entries. Answers how many.</summary>
    public async Task<int> CompleteAppliedAsync(CancellationToken cancellationToken)
    {
        await _applied.Reader.WaitToReadAsync(cancellationToken);
        var batch = new List<PendingFollow>(CompletedTogether);
        while (batch.Count < CompletedTogether && _applied.Reader.TryRead(out var pending))
        {
            batch.Add(pending);
        }
        await Task.WhenAll(
            batch.Select(pending => store.CompleteAsync(pending, cancellationToken))
        );
        return batch.Count;
    }

    /// <summary>Reports how much stands in the journal.</summary>
    /// <exception cref="DomainException">The store's; what was reported before stays.</exception>
    public async Task MeasureAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (entries, oldest) = await store.ReadJournalStatusAsync(cancellationToken);
        Depth.Record(entries);
        Oldest.Record(oldest is { } since && since < now ? (now - since).TotalSeconds : 0);
    }

    /// <summary>
    /// Finishes every change made before a time whose entry still stands. Answers how many. What cannot be finished now does not
    /// hold up the rest: a store may be away in part.
    /// </summary>
    /// <exception cref="DomainException">The first refusal of the store; what could be finished is.</exception>
    public async Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var finished = 0;
        var left = 0;
        var read = false;
        DomainException? failure = null;
        var pairs = new List<FollowPair>();
        try
        {
            await foreach (var pair in store.ReadJournalAsync(before, cancellationToken))
            {
                pairs.Add(pair);
            }
            read = true;
        }
        catch (DomainException exception)
        {
            failure = exception;
        }
        await Parallel.ForEachAsync(
            pairs,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = FinishedTogether,
                CancellationToken = cancellationToken,
            },
            async (pair, token) =>
            {
                try
                {
                    // The truth is read again here: the change may not be the pair's last any more.
                    if (await store.ReadPendingAsync(pair, token) is { } pending)
                    {
                        await FinishAsync(pending, token);
                        Interlocked.Increment(ref finished);
                    }
                }
                catch (DomainException exception)
                {
                    Interlocked.Increment(ref left);
                    Interlocked.CompareExchange(ref failure, exception, null);
                }
            }
        );
        // of a journal that could not be read nothing is known
        if (read)
        {
            Left.Record(left);
        }
        return failure is null ? finished : throw failure;
    }
}
