namespace Platform.Feed.HomeFeed;

/// <summary>The order of a home feed.</summary>
public enum FeedOrder
{
    Recent = 1,
    Ranked = 2,
}
