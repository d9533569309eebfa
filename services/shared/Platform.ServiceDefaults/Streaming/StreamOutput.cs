using System.Threading.Channels;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>
/// The way to the reader of one stream: drops a reader that takes nothing, knows when a sign of life is due, and waits
/// until there may be something to send.
/// </summary>
/// <param name="send">Sends one; completes when the reader has taken it, or there is room for it.</param>
/// <param name="heartbeatInterval">How long nothing may be sent before a heartbeat is due.</param>
/// <param name="writeTimeout">How long a reader may take nothing before it is dropped.</param>
public sealed class StreamOutput<T>(
    Func<T, Task> send,
    TimeSpan heartbeatInterval,
    TimeSpan writeTimeout,
    TimeProvider time
)
{
    // one is as good as many
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private long _sent = time.GetTimestamp();

    /// <summary>In how long a heartbeat is due; not positive when it is.</summary>
    public TimeSpan UntilHeartbeat => heartbeatInterval - time.GetElapsedTime(_sent);

    /// <summary>Sends one. Only one caller at a time.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.SlowConsumer"/>.</exception>
    public async Task SendAsync(T item)
    {
        try
        {
            await send(item).WaitAsync(writeTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new DomainException(
                ErrorReason.SlowConsumer,
                "The reader was too slow; resume from the last cursor.",
                exception
            );
        }
        _sent = time.GetTimestamp();
    }

    /// <summary>There may be something to send. From any thread.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Waits to be woken since it last waited, or until <paramref name="atMost"/> is over.</summary>
    /// <returns>Whether it was woken.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(),
            enough,
            atMost,
            Timeout.InfiniteTimeSpan
        );
        Task signalled = _signal.Reader.ReadAsync(enough.Token).AsTask();
        await signalled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return signalled.IsCompletedSuccessfully;
    }
}
