using Platform.Feed.Posts;

namespace Platform.Feed.HomeFeed;

/// <summary>What a viewer sees of some posts, and what that was worked out from. Whoever finds the same posts and relations need not do it again.</summary>
/// <param name="Posts">Newest first, those that are not shown too.</param>
/// <param name="Entries">What is shown of them, newest first.</param>
public sealed record FeedView(
    IReadOnlyList<Post> Posts,
    RelationsState Relations,
    IReadOnlyList<FeedEntry> Entries
)
{
    private readonly DateTimeOffset _lastCreateTime =
        Entries.Count == 0 ? default : Entries.Max(entry => entry.Post.CreateTime);

    private volatile IReadOnlyList<FeedEntry>? _ranked;

    /// <summary>Whether the same would come out again. Posts are compared as objects: each change of one makes another.</summary>
    public bool IsOf(IReadOnlyList<Post> posts, RelationsState relations)
    {
        if (relations != Relations || posts.Count != Posts.Count)
        {
            return false;
        }
        for (var index = 0; index < Posts.Count; index++)
        {
            if (!ReferenceEquals(posts[index], Posts[index]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The entries in ranked order. It is the same at every moment after the last of them was created.</summary>
    public IReadOnlyList<FeedEntry> RankedAt(DateTimeOffset now) =>
        _lastCreateTime > now
            ? RankedOrder.Sort(Entries, now)
            : _ranked ??= RankedOrder.Sort(Entries, now);
}
