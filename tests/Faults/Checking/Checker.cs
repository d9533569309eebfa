using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Checking;

/// <summary>Compares what was answered with what was acknowledged before.</summary>
internal static class Checker
{
    /// <summary>What is wrong with an answer.</summary>
    public static IReadOnlyList<Violation> Check(World world, Observation seen) =>
        [
            .. seen switch
            {
                Observation.Standing one => CheckStanding(world, one),
                Observation.ConnectionList one => CheckConnections(world, one),
                Observation.BlockList one => Same(
                    $"{one.Member} blocks",
                    world
                        .PairsOf(one.Member)
                        .Where(pair => pair.BlockedBy.Contains(one.Member))
                        .Select(pair => pair.Other(one.Member)),
                    one.Blocked
                ),
                Observation.FollowingList one => CheckFollowing(world, one),
                Observation.FollowerList one => CheckFollowers(world, one),
                Observation.FollowerCount one => CheckFollowerCount(world, one),
                Observation.MuteList one => Same(
                    $"{one.Member} mutes",
                    world
                        .Mutes.Where(mute => mute.Member == one.Member)
                        .Select(mute => mute.Target.ToString()),
                    [.. one.Muted.Select(target => target.ToString())]
                ),
                Observation.Conversation one => MessageChecks.Check(world, one),
                Observation.Unread one => MessageChecks.Check(world, one),
                Observation.HomeFeed one => FeedChecks.Check(world, one),
                Observation.AuthorPosts one => FeedChecks.Check(world, one),
                _ => throw new NotSupportedException(seen.GetType().Name),
            },
        ];

    /// <summary>Compares who follows a company of all worlds, and the count of it, with all of them.</summary>
    public static IReadOnlyList<Violation> CheckShared(
        IEnumerable<World> worlds,
        Target target,
        IReadOnlyList<string> followers,
        long count
    ) =>
        [
            .. Same(
                $"{target.Id} is followed by",
                worlds.SelectMany(world => world.FollowersOf(target)),
                followers
            ),
            .. Counts($"{target.Id}'s followers", followers, count),
        ];

    /// <summary>Two sets of names that must be the same, each name once.</summary>
    public static IEnumerable<Violation> Same(
        string what,
        IEnumerable<string> expected,
        IReadOnlyList<string> seen,
        IReadOnlySet<string>? unknown = null,
        bool strayMayHeal = false
    )
    {
        var must = expected.ToHashSet(StringComparer.Ordinal);
        foreach (var doubled in seen.GroupBy(one => one).Where(group => group.Count() > 1))
        {
            yield return new(Violation.Doubled, $"{what} {doubled.Key}, {doubled.Count()} times");
        }
        foreach (var lost in must.Except(seen).Where(one => unknown?.Contains(one) != true))
        {
            yield return new(
                Violation.Lost,
                $"{what} {lost}: it was acknowledged, and is not there"
            );
        }
        foreach (var stray in seen.Except(must).Where(one => unknown?.Contains(one) != true))
        {
            yield return new(
                Violation.Stray,
                $"{what} {stray}: that is there, and was never acknowledged or has ended",
                strayMayHeal
            );
        }
    }

    private static IEnumerable<Violation> Counts(
        string what,
        IReadOnlyList<string> list,
        long? count,
        bool mayHeal = false
    )
    {
        if (count != list.Count)
        {
            yield return new(
                Violation.Count,
                $"{what}: the count says {count?.ToString() ?? "nothing"}, the list has {list.Count}",
                mayHeal
            );
        }
    }

    private static IEnumerable<Violation> CheckStanding(World world, Observation.Standing seen)
    {
        var expected = world.StatusOf(seen.Viewer, seen.Other);
        if (seen.Status != expected)
        {
            var kind =
                expected == ConnectionStatus.None && seen.Status == ConnectionStatus.Connected
                    ? Violation.Stray
                    : Violation.Lost;
            yield return new(
                kind,
                $"{seen.Viewer} is told that {seen.Other} is {seen.Status}; acknowledged was {expected}"
            );
        }
    }

    private static IEnumerable<Violation> CheckConnections(
        World world,
        Observation.ConnectionList seen
    )
    {
        var what = $"{seen.Owner}'s list, seen by {seen.Viewer}, has";
        var expected = world.ConnectionsSeen(seen.Viewer, seen.Owner);
        if (expected is null)
        {
            return seen.Members is null && seen.Count is null
                ? []
                :
                [
                    new(
                        Violation.Shown,
                        $"{what} {seen.Members?.Count} members and the count {seen.Count}; the owner hides it from them"
                    ),
                ];
        }
        return seen.Members is null
            ? [new(Violation.Refused, $"{what}: it is hidden, and nothing says so")]
            : [.. Same(what, expected, seen.Members), .. Counts(what, seen.Members, seen.Count)];
    }

    private static IEnumerable<Violation> CheckFollowing(
        World world,
        Observation.FollowingList seen
    )
    {
        var what = $"{seen.Member} follows {seen.Kind}";
        return
        [
            .. Same(
                what,
                world.Following(seen.Member, seen.Kind),
                seen.Ids,
                seen.Kind == EntityKind.Member ? world.UnknownFollowsOf(seen.Member) : null,
                strayMayHeal: true
            ),
            .. Counts(
                what,
                seen.Ids,
                seen.Count,
                seen.Kind == EntityKind.Member && world.MayEndFollowsOf(seen.Member)
            ),
        ];
    }

    private static IEnumerable<Violation> CheckFollowers(World world, Observation.FollowerList seen)
    {
        var what = $"{seen.Owner} is followed by";
        return
        [
            .. Same(
                what,
                world.FollowersOf(Target.Member(seen.Owner)),
                seen.Followers,
                world.UnknownFollowsOf(seen.Owner),
                strayMayHeal: true
            ),
            .. Counts(what, seen.Followers, seen.Count, world.MayEndFollowsOf(seen.Owner)),
        ];
    }

    private static IEnumerable<Violation> CheckFollowerCount(
        World world,
        Observation.FollowerCount seen
    )
    {
        var what = $"{seen.Viewer} is told that {seen.Count} follow {seen.Owner}";
        var pair = world.Between(seen.Viewer, seen.Owner);
        if (pair.WasBlocked && seen.Count == 0)
        {
            // what is told of somebody who is not there; follows hears of the end of a block after a moment, too
            yield break;
        }
        if (world.HidesFollowerCount.Contains(seen.Owner))
        {
            if (seen.Count is not null)
            {
                yield return new(Violation.Shown, $"{what}, who hides it");
            }
            yield break;
        }
        var least = world.FollowersOf(Target.Member(seen.Owner)).Count;
        // those of whom it is not known, and those whose follow a block ends in a moment
        var most = least + world.PairsOf(seen.Owner).Count(one => one.WasBlocked);
        if (!pair.WasBlocked && (seen.Count is null || seen.Count < least || seen.Count > most))
        {
            yield return new(Violation.Count, $"{what}; acknowledged were {least}");
        }
    }
}
