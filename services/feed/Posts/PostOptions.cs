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

    public IEnumerable<string> Validate()
    {
        if (NodeId is < 0 or > PostId.MaxNode)
        {
            yield return $"Feed:Posts:NodeId must be between 0 and {PostId.MaxNode}; it is {NodeId}.";
        }
    }
}
