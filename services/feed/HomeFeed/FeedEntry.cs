using Platform.Feed.Posts;

namespace Platform.Feed.HomeFeed;

/// <summary>A post and every reason why its viewer sees it; at least one.</summary>
public sealed record FeedEntry(Post Post, IReadOnlyList<FeedReason> Reasons)
{
    public bool Has(FeedReasonKind kind)
    {
        foreach (var reason in Reasons)
        {
            if (reason.Kind == kind)
            {
                return true;
            }
        }
        return false;
    }
}
