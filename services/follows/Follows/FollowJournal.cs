using System.Threading.Channels;
using Platform.Follows.Storage;

namespace Platform.Follows.Follows;

/// <summary>Finishes what the journal says is not finished, and strikes out what is.</summary>
public sealed class FollowJournal(IFollowStore store)
{
    private const int CompletedTogether = 64;

    // What does not fit is found by the sweep: it costs a repeated step, nothing else.
    private readonly Channel<PendingFollow> _applied = Channel.CreateBounded<PendingFollow>(
        new BoundedChannelOptions(10_000)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
        }
    );

    /// <summary>Notes that the inverse of a change was applied; its entry is struck out soon, off the caller's path.</summary>
    public void Applied(PendingFollow pending) => _applied.Writer.TryWrite(pending);

    /// <summary>Waits for changes noted by <see cref="Applied"/> and strikes out their entries. Answers how many.</summary>
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

    /// <summary>Finishes every change made before a time whose entry still stands. Answers how many.</summary>
    public async Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var finished = 0;
        await foreach (var pair in store.ReadJournalAsync(before, cancellationToken))
        {
            // The truth is read again here: the change may not be the pair's last any more.
            if (await store.ReadPendingAsync(pair, cancellationToken) is { } pending)
            {
                await store.ApplyAsync(pending, cancellationToken);
                await store.CompleteAsync(pending, cancellationToken);
                finished++;
            }
        }
        return finished;
    }
}
