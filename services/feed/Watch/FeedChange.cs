using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;

namespace Platform.Feed.Watch;

/// <summary>One change of a home feed.</summary>
/// <param name="PostId">Of which entry.</param>
/// <param name="Entry">The entry as it is now; null if it left.</param>
public sealed record FeedChange(PostId PostId, FeedEntry? Entry);
