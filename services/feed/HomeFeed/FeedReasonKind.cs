namespace Platform.Feed.HomeFeed;

/// <summary>What kind of reason puts a post into a home feed. The values are those of the contract.</summary>
public enum FeedReasonKind
{
    Own = 1,
    Connection = 2,
    Follow = 3,
    Hashtag = 4,
    Company = 5,
    Group = 6,
    Publisher = 7,
}
