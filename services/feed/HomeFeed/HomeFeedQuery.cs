namespace Platform.Feed.HomeFeed;

/// <summary>What a reader of a home feed asks for.</summary>
/// <param name="Position">Where the page begins; null for the first page.</param>
/// <param name="AtLeastRevision">A revision of the feed; empty for none. The other two likewise, of their services.</param>
public sealed record HomeFeedQuery(
    string Viewer,
    FeedOrder Order,
    int PageSize,
    string? Position,
    string AtLeastRevision = "",
    string ConnectionsRevision = "",
    string FollowsRevision = ""
);
