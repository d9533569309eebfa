namespace Platform.Feed.Watch;

/// <summary>What a watcher is sent.</summary>
/// <param name="Cursor">Where to resume to get what follows.</param>
/// <param name="Change">Null for a heartbeat.</param>
public sealed record WatchEvent(string Cursor, FeedChange? Change);
