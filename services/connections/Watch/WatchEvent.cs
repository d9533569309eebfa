namespace Platform.Connections.Watch;

/// <summary>What a watcher is sent.</summary>
/// <param name="Change">A change; null for a sign of life, which says that everything up to the cursor was sent.</param>
/// <param name="Cursor">Where the watcher stands after it.</param>
public readonly record struct WatchEvent(VisibleChange? Change, RecordCursor Cursor);
