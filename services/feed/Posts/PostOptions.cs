using Platform.ServiceDefaults.Hosting;

namespace Platform.Feed.Posts;

/// <summary>Section <c>Feed:Posts</c>.</summary>
public sealed class PostOptions : IValidatedOptions
{
    /// <summary>
    /// Number of this replica in post ids, 0 to 1023; by default one that is free. No two replicas have the same at a time:
    /// each holds its number in the store, and one that cannot get its number creates no posts.
    /// </summary>
    public int? NodeId { get; set; }

    /// <summary>How many posts are kept in memory for readers; 0 reads them from the store with every page. About two kilobytes each.</summary>
    public int CachedPosts { get; set; } = 20_000;

    /// <summary>
    /// How long at most. Changes are told before they are acknowledged; this bounds for how long one is unseen that was stored and
    /// never acknowledged, or whose telling Redis lost in a failover.
    /// </summary>
    public TimeSpan CacheTime { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<string> Validate()
    {
        if (CachedPosts is < 0 or > 10_000_000)
        {
            yield return $"Feed:Posts:CachedPosts must be between 0 and 10000000; it is {CachedPosts}.";
        }
        if (CacheTime < TimeSpan.Zero || CacheTime > TimeSpan.FromHours(1))
        {
            yield return $"Feed:Posts:CacheTime must be between 0 and an hour; it is {CacheTime}.";
        }
        if (NodeId is < 0 or > PostId.MaxNode)
        {
            yield return $"Feed:Posts:NodeId must be between 0 and {PostId.MaxNode}; it is {NodeId}.";
        }
    }
}
