using Platform.Common.V1;
using Platform.Connections.V1;

namespace Platform.Tests.Faults.Model;

/// <summary>What must be answered, from what was acknowledged: the rules of docs/visibility.md in a few lines.</summary>
internal static class Expectations
{
    /// <summary>What stands between two members, from the point of view of one.</summary>
    public static ConnectionStatus StatusOf(this World world, string viewer, string other)
    {
        var pair = world.Between(viewer, other);
        return pair.IsConnected ? ConnectionStatus.Connected
            : pair.Inviter == viewer ? ConnectionStatus.InvitationSent
            : pair.Inviter == other ? ConnectionStatus.InvitationReceived
            : ConnectionStatus.None;
    }

    /// <summary>The members whom a viewer sees in a list of connections; null if it is hidden from them.</summary>
    public static IReadOnlySet<string>? ConnectionsSeen(
        this World world,
        string viewer,
        string owner
    )
    {
        if (viewer != owner)
        {
            var between = world.Between(viewer, owner);
            var visibility = world.ListVisibilities.GetValueOrDefault(
                owner,
                ListVisibility.Everyone
            );
            if (between.IsBlocked)
            {
                return new HashSet<string>();
            }
            if (
                visibility == ListVisibility.OnlyMe
                || visibility == ListVisibility.Connections && !between.IsConnected
            )
            {
                return null;
            }
        }
        return world
            .PairsOf(owner)
            .Where(pair => pair.IsConnected)
            .Select(pair => pair.Other(owner))
            .Where(other => other == viewer || viewer == owner || !IsBlocked(world, viewer, other))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What a member follows of a kind.</summary>
    public static IReadOnlySet<string> Following(
        this World world,
        string member,
        EntityKind kind
    ) =>
        world
            .Follows.Where(follow => follow.Follower == member && follow.Target.Kind == kind)
            .Select(follow => follow.Target.Id)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Who follows something, of this world.</summary>
    public static IReadOnlySet<string> FollowersOf(this World world, Target target) =>
        world
            .Follows.Where(follow => follow.Target == target)
            .Select(follow => follow.Follower)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Those of whom it is not known whether a member follows them, or is followed by them: see <see cref="Pair.WasBlocked"/>.</summary>
    public static IReadOnlySet<string> UnknownFollowsOf(this World world, string member) =>
        world
            .PairsOf(member)
            .Where(pair => pair.WasBlocked && !pair.IsBlocked)
            .Select(pair => pair.Other(member))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Whether a follow of or by a member may end by itself, because of a block of which follows has not heard: also between the reading of
    /// a list and that of its count.
    /// </summary>
    public static bool MayEndFollowsOf(this World world, string member) =>
        world.PairsOf(member).Any(pair => pair.WasBlocked);

    /// <summary>Whether a post is in a home feed; null if that depends on a follow of which it is not known whether it stands.</summary>
    /// <param name="areMutesKnown">
    /// Whether follows answered the feed. If not, the feed shows what connections prove, says that it is incomplete, and cannot leave out
    /// what is muted.
    /// </param>
    public static bool? IsInFeed(
        this World world,
        PublishedPost post,
        string viewer,
        bool areMutesKnown = true
    )
    {
        if (post.IsDeleted)
        {
            return false;
        }
        if (post.Author == viewer)
        {
            return true;
        }
        var pair = world.Between(viewer, post.Author);
        var author = Target.Member(post.Author);
        if (pair.IsBlocked)
        {
            return false;
        }
        if (world.Mutes.Contains((viewer, author)))
        {
            return areMutesKnown ? false : null;
        }
        if (pair.IsConnected)
        {
            return true;
        }
        if (post.IsForConnections)
        {
            return false;
        }
        if (
            world.Follows.Contains((viewer, author))
            || post.Hashtag.Length > 0
                && world.Follows.Contains((viewer, new Target(EntityKind.Hashtag, post.Hashtag)))
        )
        {
            return true;
        }
        return pair.WasBlocked ? null : false;
    }

    private static bool IsBlocked(World world, string member, string other) =>
        world.Between(member, other).IsBlocked;
}
