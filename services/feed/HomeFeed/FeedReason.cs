using Platform.Feed.Posts;

namespace Platform.Feed.HomeFeed;

/// <summary>One reason for an entry, and whom or what it is about.</summary>
public readonly record struct FeedReason(FeedReasonKind Kind, EntityRef Entity);
