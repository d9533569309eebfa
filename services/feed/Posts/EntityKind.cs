namespace Platform.Feed.Posts;

/// <summary>What can author a post or be followed. The values are those of the contract and are stored.</summary>
public enum EntityKind
{
    Member = 1,
    Company = 2,
    Hashtag = 3,
    Group = 4,
    Publisher = 5,
}
