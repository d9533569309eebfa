namespace Platform.Connections.Watch;

/// <summary>A change on its way to one watcher.</summary>
/// <param name="Change">The change, as that watcher may see it.</param>
/// <param name="Cursor">Where the watcher stands after it.</param>
internal sealed record LiveChange(VisibleChange Change, RecordCursor Cursor);
