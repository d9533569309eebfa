using Platform.Feed.Posts;

namespace Platform.Feed.Sources;

/// <summary>What follows says about a batch of entities.</summary>
/// <param name="Muted">Whose publications the member does not want to see, followed or not.</param>
public sealed record FollowAnswers(IReadOnlySet<EntityRef> Followed, IReadOnlySet<EntityRef> Muted);
