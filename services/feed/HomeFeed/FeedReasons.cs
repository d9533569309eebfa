using Platform.Feed.Posts;

namespace Platform.Feed.HomeFeed;

/// <summary>The rule of what belongs into a home feed; pure.</summary>
public static class FeedReasons
{
    /// <summary>
    /// Every reason why a viewer sees a post; none means that they do not. A post for connections needs a connection,
    /// whatever else there is; authors see their own. What a muted author publishes is not shown, whatever the reasons; a
    /// muted hashtag is no reason.
    /// </summary>
    /// <param name="isConnected">Whether a member is proved to be a connection of the viewer.</param>
    /// <param name="follows">Whether the viewer is proved to follow an entity.</param>
    /// <param name="mutes">Whether the viewer is known to mute an entity.</param>
    public static IReadOnlyList<FeedReason> Of(
        string viewer,
        Post post,
        Func<string, bool> isConnected,
        Func<EntityRef, bool> follows,
        Func<EntityRef, bool> mutes
    )
    {
        if (mutes(post.Author))
        {
            return [];
        }
        var reasons = new List<FeedReason>(2);
        var author = post.Author;
        if (author == EntityRef.Member(viewer))
        {
            reasons.Add(new FeedReason(FeedReasonKind.Own, author));
        }
        else if (author.Kind == EntityKind.Member && isConnected(author.Id))
        {
            reasons.Add(new FeedReason(FeedReasonKind.Connection, author));
        }
        else if (post.Audience == PostAudience.Connections)
        {
            return [];
        }
        if (reasons is not [{ Kind: FeedReasonKind.Own }] && follows(author))
        {
            reasons.Add(new FeedReason(OfFollowing(author.Kind), author));
        }
        foreach (var tag in post.Hashtags)
        {
            if (EntityRef.Hashtag(tag) is var hashtag && follows(hashtag) && !mutes(hashtag))
            {
                reasons.Add(new FeedReason(FeedReasonKind.Hashtag, hashtag));
            }
        }
        return reasons;
    }

    private static FeedReasonKind OfFollowing(EntityKind kind) =>
        kind switch
        {
            EntityKind.Company => FeedReasonKind.Company,
            EntityKind.Group => FeedReasonKind.Group,
            EntityKind.Publisher => FeedReasonKind.Publisher,
            EntityKind.Hashtag => FeedReasonKind.Hashtag,
            _ => FeedReasonKind.Follow,
        };
}
