namespace Platform.Feed.Posts;

/// <summary>A page of an author's posts.</summary>
/// <param name="NextPosition">Where the next page begins; null at the end.</param>
/// <param name="Unproven">Whether there are none because connections did not answer.</param>
public sealed record AuthorPostsPage(
    IReadOnlyList<Post> Posts,
    string? NextPosition,
    bool Unproven
);
