using Platform.Feed.Posts;

namespace Platform.Feed.Storage;

/// <summary>What became of a creation.</summary>
/// <param name="Post">
/// The post as it stands: the new one, or for a repetition the first one. Null if that one was deleted since, and for a
/// reused request id or a taken id.
/// </param>
public sealed record CreateOutcome(CreateStatus Status, Post? Post);
