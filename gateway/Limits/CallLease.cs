namespace Platform.Gateway.Limits;

/// <summary>Calls of one caller that were taken out of its shared bucket and not made yet.</summary>
internal sealed class CallLease
{
    private readonly Lock _gate = new();
    private int _calls;
    private long _emptySince;
    private TimeSpan _emptyFor;
    private Task<bool>? _refill;

    /// <summary>The timestamp of its last use.</summary>
    public long LastUsed { get; private set; }

    /// <summary>Takes one call.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="left">How many are left.</param>
    public bool TryTake(long now, out int left)
    {
        lock (_gate)
        {
            LastUsed = now;
            left = _calls > 0 ? --_calls : -1;
            return left >= 0;
        }
    }

    /// <summary>Whether the bucket is known to be empty still, so that asking for more is of no use.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="time">What made the timestamp.</param>
    /// <param name="wait">How long it stays so.</param>
    public bool IsEmpty(long now, TimeProvider time, out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = _emptyFor - time.GetElapsedTime(_emptySince, now);
            return _calls == 0 && wait > TimeSpan.Zero;
        }
    }

    /// <summary>Adds what the bucket gave.</summary>
    /// <param name="calls">How many; 0 when it was empty.</param>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="nextAfter">When it has one more.</param>
    public void Add(int calls, long now, TimeSpan nextAfter)
    {
        lock (_gate)
        {
            _calls += calls;
            (_emptySince, _emptyFor) = calls == 0 ? (now, nextAfter) : (now, TimeSpan.Zero);
        }
    }

    /// <summary>Asks for more, or waits for whoever asks already.</summary>
    /// <param name="ask">Asks, and says whether there was an answer.</param>
    public Task<bool> RefillAsync(Func<Task<bool>> ask)
    {
        lock (_gate)
        {
            return _refill is { IsCompleted: false } asking ? asking : _refill = ask();
        }
    }
}
