using Platform.Tests.Faults.Model;

namespace Platform.Tests.Faults.Checking;

/// <summary>Compares home feeds and authors' lists with what was acknowledged.</summary>
internal static class FeedChecks
{
    public static IEnumerable<Violation> Check(World world, Observation.HomeFeed seen) =>
        Check(
            world,
            $"{seen.Viewer}'s home feed",
            seen.Entries,
            seen.IsComplete,
            seen.IsWhole,
            post => world.IsInFeed(post, seen.Viewer, seen.IsComplete)
        );

    public static IEnumerable<Violation> Check(World world, Observation.AuthorPosts seen)
    {
        var pair = seen.Viewer == seen.Author ? null : world.Between(seen.Viewer, seen.Author);
        return Check(
            world,
            $"{seen.Author}'s posts, seen by {seen.Viewer},",
            seen.Posts,
            seen.IsComplete,
            isWhole: true,
            post =>
                post.Author == seen.Author
                && !post.IsDeleted
                && pair?.IsBlocked != true
                && (!post.IsForConnections || pair is null || pair.IsConnected)
        );
    }

    private static IEnumerable<Violation> Check(
        World world,
        string what,
        IReadOnlyList<Observation.Entry> entries,
        bool isComplete,
        bool isWhole,
        Func<PublishedPost, bool?> isExpected
    )
    {
        foreach (var twice in entries.GroupBy(one => one.PostId).Where(many => many.Count() > 1))
        {
            yield return new(Violation.Doubled, $"{what} has {twice.Key} {twice.Count()} times");
        }
        // a text is used once in a run
        foreach (
            var twice in entries
                .DistinctBy(one => one.PostId)
                .GroupBy(one => one.Text)
                .Where(many => many.Count() > 1)
        )
        {
            yield return new(
                Violation.Doubled,
                $"{what} has '{twice.Key}' as the posts {string.Join(", ", twice.Select(one => one.PostId))}"
            );
        }
        var posts = world.Posts.ToDictionary(post => post.Id, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!posts.TryGetValue(entry.PostId, out var post))
            {
                yield return new(
                    Violation.Stray,
                    $"{what} has {entry}, which was never acknowledged"
                );
            }
            else if (isExpected(post) == false)
            {
                yield return new(
                    Violation.Shown,
                    $"{what} has {entry}, which is {(post.IsDeleted ? "deleted" : "not for this reader")}{(isComplete ? "" : " (it says that it is incomplete)")}"
                );
            }
            else if (entry.Text != post.Text)
            {
                yield return new(Violation.Lost, $"{what} has {entry}; its text is '{post.Text}'");
            }
        }
        if (!isComplete)
        {
            yield break;
        }
        // a part of a list ends somewhere: older posts may be missing
        var end = isWhole || entries.Count == 0 ? 0 : entries.Min(one => long.Parse(one.PostId));
        var there = entries.Select(one => one.PostId).ToHashSet(StringComparer.Ordinal);
        foreach (var post in world.Posts.Where(post => isExpected(post) == true))
        {
            if (long.Parse(post.Id) >= end && !there.Contains(post.Id))
            {
                yield return new(
                    Violation.Feed,
                    $"{what} lacks {post.Id} of {post.Author} ('{post.Text}')"
                );
            }
        }
    }
}
