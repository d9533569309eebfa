using Platform.Feed.Posts;
using Platform.Feed.Storage;

namespace Platform.Feed.Timelines;

/// <summary>What may be missing in timelines, as it was at a moment.</summary>
/// <param name="Posts">At most <see cref="UnpushedPosts.Most"/> of either.</param>
/// <param name="PulledAfter">Posts that were closed as pulled before this are not in it.</param>
public sealed record UnpushedSnapshot(Unpushed Posts, DateTimeOffset PulledAfter)
{
    /// <summary>
    /// How much later a post can come to be stored, or its job to be closed, than the clock of the replica that did it
    /// says on another one: the difference of their clocks and the time that a write takes.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether all is in it that a timeline built at some time lacks. If not, because the timeline is old or the fan-out so
    /// far behind, building it anew finds the rest.
    /// </summary>
    public bool Covers(DateTimeOffset buildTime)
    {
        var from = buildTime - Margin;
        return from >= PulledAfter
            && (
                Posts.Pulled.Count < UnpushedPosts.Most || from >= Posts.Pulled[^1].Job.CompleteTime
            )
            && (Posts.Open.Count < UnpushedPosts.Most || from >= Posts.Open[^1].Post.Id.Time);
    }

    /// <summary>What a timeline built at some time may lack.</summary>
    /// <param name="openSince">Only jobs are looked at that are open since then: younger ones will soon be done.</param>
    public IEnumerable<Post> Missing(DateTimeOffset buildTime, DateTimeOffset openSince) =>
        Posts
            .Open.Where(record => (record.Post.UpdateTime ?? record.Post.CreateTime) <= openSince)
            .Concat(Posts.Pulled.TakeWhile(record => record.Job.CompleteTime > buildTime - Margin))
            .Select(record => record.Post);
}
