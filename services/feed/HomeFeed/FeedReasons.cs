using Platform.Feed.Posts;
using Platform.Feed.Sources;

namespace Platform.Feed.HomeFeed;

/// <summary>The rule of what belongs into a home feed; pure.</summary>
public static class FeedReasons
{
    /// <summary>
    /// Every reason why a viewer sees a post; none means that they do not. A post for connections needs a connection,
    /// whatever else there is; authors see their own. What a muted author publishes is not shown, whatever the reasons; a
    /// muted hashtag is no reason. Nothing is shown over a block; where it is not proved that none stands, a hashtag is no
    /// reason, and following the author is one only where that is known to be no older than what the viewer has seen: a block ends a
    /// follow, but follows hears of it after a moment.
    /// </summary>
    /// <param name="standing">What stands between the viewer and a member.</param>
    /// <param name="following">What the viewer is proved to follow and known to mute.</param>
    /// <param name="followProves">Whether a follow is proof enough that no block stands.</param>
    public static IReadOnlyList<FeedReason> Of(
        string viewer,
        Post post,
        Func<string, MemberStanding> standing,
        Func<EntityRef, FollowStanding> following,
        bool followProves
    )
    {
        var author = post.Author;
        var toAuthor = following(author);
        if (toAuthor.Mutes(post.Kind))
        {
            return [];
        }
        var reasons = new List<FeedReason>(2);
        var own = author == EntityRef.Member(viewer);
        // no block stands against oneself, or a company
        var stands =
            own || author.Kind != EntityKind.Member ? MemberStanding.None : standing(author.Id);
        if (stands == MemberStanding.Blocked)
        {
            return [];
        }
        if (own)
        {
            reasons.Add(new FeedReason(FeedReasonKind.Own, author));
        }
        else if (stands == MemberStanding.Connected)
        {
            reasons.Add(new FeedReason(FeedReasonKind.Connection, author));
        }
        else if (post.Audience == PostAudience.Connections)
        {
            return [];
        }
        if (!own && toAuthor.Followed && (followProves || stands != MemberStanding.Unproven))
        {
            reasons.Add(new FeedReason(OfFollowing(author.Kind), author));
        }
        else if (stands == MemberStanding.Unproven)
        {
            return reasons;
        }
        foreach (var tag in post.Hashtags)
        {
            var hashtag = EntityRef.Hashtag(tag);
            if (following(hashtag) is { Followed: true } toTag && !toTag.Mutes(post.Kind))
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
