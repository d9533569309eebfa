using Platform.Follows.Storage;

namespace Platform.Follows.Watch;

/// <summary>One event of a stream of changes.</summary>
/// <param name="Change">What happened; null for a sign of life.</param>
/// <param name="Cursor">Where the stream resumes after it.</param>
public readonly record struct FollowWatchEvent(RecordedFollow? Change, FollowCursor Cursor);
