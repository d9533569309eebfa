namespace Platform.Connections.Watch;

/// <summary>What one watcher has been sent, and when it is due a sign of life.</summary>
internal sealed class WatchStream(
    WatchFilter filter,
    TimeSpan heartbeat,
    Func<WatchEvent, CancellationToken, Task> send,
    TimeProvider time
)
{
    private long _sent = time.GetTimestamp();
    private RecordCursor _cursor = RecordCursor.Beginning;

    public WatchFilter Filter => filter;

    public bool IsHeartbeatDue => time.GetElapsedTime(_sent) >= heartbeat;

    /// <summary>Notes that everything up to a cursor was sent.</summary>
    public void Met(RecordCursor cursor) => _cursor = _cursor.Or(cursor);

    /// <summary>Sends a change, or a sign of life.</summary>
    public async Task SendAsync(
        VisibleChange? change,
        RecordCursor cursor,
        CancellationToken cancellationToken
    )
    {
        Met(cursor);
        await send(new WatchEvent(change, _cursor), cancellationToken).ConfigureAwait(false);
        _sent = time.GetTimestamp();
    }

    /// <summary>Waits for something new, or until a sign of life is due.</summary>
    public async Task WaitAsync(Task something, CancellationToken cancellationToken)
    {
        var left = heartbeat - time.GetElapsedTime(_sent);
        if (left > TimeSpan.Zero)
        {
            await something
                .WaitAsync(left, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancellationToken.ThrowIfCancellationRequested();
    }
}
