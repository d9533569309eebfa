namespace Platform.Feed.HomeFeed;

/// <summary>How an entry came into a home feed. The values are those of the contract.</summary>
public enum EntryOrigin
{
    Unknown = 0,
    Pushed = 1,
    Pulled = 2,
    Backfilled = 3,
}
