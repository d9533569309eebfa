using System.Threading.Channels;
using Platform.Common.V1;

namespace Platform.Connections.Watch;

/// <summary>What one watcher gets of the feed: a bounded buffer, until the watcher leaves or cannot keep up.</summary>
internal sealed class LiveChanges : IDisposable
{
    private readonly ChangeFeed _feed;
    private readonly Channel<LiveChange> _buffer;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _joined = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public LiveChanges(ChangeFeed feed, WatchFilter filter, int bufferSize)
    {
        _feed = feed;
        Filter = filter;
        _buffer = Channel.CreateBounded<LiveChange>(
            new BoundedChannelOptions(bufferSize) { SingleReader = true, SingleWriter = true }
        );
    }

    public WatchFilter Filter { get; }

    /// <summary>Completes when the feed gives what comes from then on; fails if it cannot.</summary>
    public Task Joined => _joined.Task;

    /// <summary>What was given and not yet taken.</summary>
    public ChannelReader<LiveChange> Reader => _buffer.Reader;

    /// <summary>Why no more is given; null while the feed gives.</summary>
    public ErrorReason? EndedBy { get; private set; }

    /// <summary>Cancelled when no more is given, for who waits for a watcher that takes nothing.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// Up to where everything of interest was given. Read it before finding <see cref="Reader"/> empty and
    /// <see cref="EndedBy"/> null: then it was also taken.
    /// </summary>
    public RecordCursor Checkpoint => _feed.Checkpoint;

    public void Join() => _joined.TrySetResult();

    public void Fail(Exception cause) => _joined.TrySetException(cause);

    /// <summary>Gives what is new of a pair. Only the feed calls it.</summary>
    public void Give(ChangedPair changed)
    {
        if (EndedBy is not null || !Filter.Concerns(changed.Relationship.Pair))
        {
            return;
        }
        if (changed.HasLostChanges)
        {
            End(ErrorReason.CursorExpired);
            return;
        }
        foreach (var change in changed.Changes)
        {
            if (
                Filter.See(change) is { } seen
                && !_buffer.Writer.TryWrite(new LiveChange(seen, changed.CursorAfter(change)))
            )
            {
                End(ErrorReason.SlowConsumer);
                return;
            }
        }
    }

    public void Dispose()
    {
        // from then on the feed does not call any more
        _feed.Leave(this);
        _ended.Dispose();
    }

    private void End(ErrorReason reason)
    {
        // the reason is set before the end can be seen
        EndedBy = reason;
        _buffer.Writer.Complete();
        _ = _ended.CancelAsync();
    }
}
