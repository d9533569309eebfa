namespace Platform.Feed.Posts;

/// <summary>Who may see a post. The values are those of the contract and are stored.</summary>
public enum PostAudience
{
    Everyone = 1,
    Connections = 2,
}
