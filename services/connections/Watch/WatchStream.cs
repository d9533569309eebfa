using Platform.ServiceDefaults.Watching;

namespace Platform.Connections.Watch;

/// <summary>What one watcher has been sent.</summary>
internal sealed class WatchStream(
    WatchFilter filter,
    TimeSpan heartbeat,
    Func<WatchEvent, CancellationToken, Task> send,
    TimeProvider time
)
{
    private RecordCursor _cursor = RecordCursor.Beginning;

    public WatchFilter Filter => filter;

    public HeartbeatClock Heartbeat { get; } = new(heartbeat, time);

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
        Heartbeat.Sent();
    }
}
