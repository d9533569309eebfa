namespace Platform.Feed.HomeFeed;

/// <summary>A page of a home feed.</summary>
/// <param name="NextPosition">Where the next page begins; null at the end.</param>
/// <param name="Rebuilding">Whether the timeline could not be built completely yet.</param>
public sealed record HomeFeedPage(
    IReadOnlyList<FeedEntry> Entries,
    string? NextPosition,
    IReadOnlyCollection<FeedGap> Gaps,
    bool Rebuilding
);
