namespace Platform.Feed.Posts;

/// <summary>The values are those of the contract and are stored.</summary>
public enum PostKind
{
    Post = 1,
    ProfileUpdate = 2,
}
