using System.Threading.Channels;

namespace Platform.Feed.FanOut;

/// <summary>Wakes workers of this process. Only a hint: what it misses, the poll finds.</summary>
public sealed class FanOutSignal
{
    private const int MostWaiting = 64;

    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Wakes one worker, now or when it next waits.</summary>
    public void Wake() => _channel.Writer.TryWrite(true);

    /// <summary>Waits to be woken, or until <paramref name="timeout"/>.</summary>
    public async Task WaitAsync(
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token,
            cancellationToken
        );
        try
        {
            await _channel.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // the time is over: look anyway
        }
    }
}
