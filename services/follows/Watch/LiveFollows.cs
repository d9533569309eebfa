using System.Threading.Channels;
using Platform.Follows.Storage;

namespace Platform.Follows.Watch;

/// <summary>What one watcher gets of the feed: a bounded buffer, until the watcher leaves or cannot keep up.</summary>
internal sealed class LiveFollows : IDisposable
{
    private readonly FollowFeed _feed;
    private readonly Channel<RecordedFollow> _buffer;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _joined = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public LiveFollows(FollowFeed feed, FollowWatchFilter filter, int bufferSize)
    {
        _feed = feed;
        Filter = filter;
        _buffer = Channel.CreateBounded<RecordedFollow>(
            new BoundedChannelOptions(bufferSize) { SingleReader = true, SingleWriter = true }
        );
    }

    public FollowWatchFilter Filter { get; }

    /// <summary>Completes when the feed gives what comes from then on; fails if it cannot.</summary>
    public Task Joined => _joined.Task;

    /// <summary>What was given and not yet taken.</summary>
    public ChannelReader<RecordedFollow> Reader => _buffer.Reader;

    /// <summary>Whether more came than the watcher took.</summary>
    public bool IsTooSlow => _ended.IsCancellationRequested;

    /// <summary>Cancelled when no more is given, for who waits for a watcher that takes nothing.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// Up to where everything of interest was given. Read it before finding <see cref="Reader"/> empty: then it was also taken.
    /// </summary>
    public long Checkpoint => _feed.Checkpoint;

    public void Join() => _joined.TrySetResult();

    public void Fail(Exception cause) => _joined.TrySetException(cause);

    public void Give(RecordedFollow change)
    {
        if (!IsTooSlow && Filter.Concerns(change) && !_buffer.Writer.TryWrite(change))
        {
            _ended.Cancel();
        }
    }

    public void Dispose()
    {
        _feed.Leave(this);
        _ended.Dispose();
    }
}
