namespace Platform.ServiceDefaults.Watching;

/// <summary>When a watcher is due a sign of life: after some time without anything sent.</summary>
public sealed class HeartbeatClock(TimeSpan interval, TimeProvider time)
{
    private long _sent = time.GetTimestamp();

    /// <summary>Whether nothing was sent for so long that a sign of life is due.</summary>
    public bool IsDue => time.GetElapsedTime(_sent) >= interval;

    /// <summary>Something was sent.</summary>
    public void Sent() => _sent = time.GetTimestamp();

    /// <summary>Waits for something new, or until a sign of life is due.</summary>
    public async Task WaitAsync(Task something, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(something);
        var left = interval - time.GetElapsedTime(_sent);
        if (left > TimeSpan.Zero)
        {
            await something
                .WaitAsync(left, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancellationToken.ThrowIfCancellationRequested();
    }
}
