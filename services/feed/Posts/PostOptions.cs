using Platform.ServiceDefaults.Hosting;

namespace Platform.Feed.Posts;

/// <summary>Section <c>Feed:Posts</c>.</summary>
public sealed class PostOptions : IValidatedOptions
{
    /// <summary>
    /// Number of this replica, 0 to 1023. Two with the same number could make the same post id. A store that sees it has the
    /// second take another; a sharded one may not see it.
    /// </summary>
    public int NodeId { get; set; }

    public IEnumerable<string> Validate()
    {
        if (NodeId is < 0 or > PostId.MaxNode)
        {
            yield return $"Feed:Posts:NodeId must be between 0 and {PostId.MaxNode}; it is {NodeId}.";
        }
    }
}
