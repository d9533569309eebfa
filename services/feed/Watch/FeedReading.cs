using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;

namespace Platform.Feed.Watch;

/// <summary>The upper part of a home feed at one time.</summary>
/// <param name="Entries">All entries from the newest down to <paramref name="From"/>.</param>
/// <param name="From">The id of the oldest; the least there is if it is the whole feed.</param>
/// <param name="IsComplete">Whether everything could be proved; otherwise an entry may be there that is not shown.</param>
public sealed record FeedReading(IReadOnlyList<FeedEntry> Entries, PostId From, bool IsComplete);
