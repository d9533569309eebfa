using System.Threading.Channels;
using Platform.Common.V1;

namespace Platform.ServiceDefaults.Watching;

/// <summary>
/// What one watcher gets of a feed that is read once for all: a bounded buffer, until the watcher leaves or no more can be
/// given. The feed writes, the watcher reads.
/// </summary>
public abstract class LiveBuffer<T> : IDisposable
{
    private readonly Channel<T> _buffer;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _joined = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <param name="size">How much may be given and not yet taken.</param>
    protected LiveBuffer(int size) =>
        _buffer = Channel.CreateBounded<T>(
            new BoundedChannelOptions(size) { SingleReader = true, SingleWriter = true }
        );

    /// <summary>Completes when the feed gives what comes from then on; fails if it cannot.</summary>
    public Task Joined => _joined.Task;

    /// <summary>What was given and not yet taken.</summary>
    public ChannelReader<T> Reader => _buffer.Reader;

    /// <summary>Why no more is given; null while the feed gives.</summary>
    public ErrorReason? EndedBy { get; private set; }

    /// <summary>Cancelled when no more is given, for who waits for a watcher that takes nothing.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>From here on the feed gives.</summary>
    public void Join() => _joined.TrySetResult();

    /// <summary>The feed cannot give.</summary>
    public void Fail(Exception cause) => _joined.TrySetException(cause);

    /// <inheritdoc />
    public void Dispose()
    {
        // from then on the feed does not call any more
        Leave();
        _ended.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes the watcher out of its feed.</summary>
    protected abstract void Leave();

    /// <summary>Puts one into the buffer, or ends the watcher if it is full.</summary>
    /// <returns>Whether it was put there.</returns>
    protected bool Put(T item)
    {
        if (_buffer.Writer.TryWrite(item))
        {
            return true;
        }
        End(ErrorReason.SlowConsumer);
        return false;
    }

    /// <summary>No more is given.</summary>
    protected void End(ErrorReason reason)
    {
        // the reason is set before the end can be seen
        EndedBy = reason;
        _buffer.Writer.Complete();
        _ = _ended.CancelAsync();
    }
}
