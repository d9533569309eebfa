using Platform.Feed.Posts;

namespace Platform.Feed.Timelines;

/// <summary>A timeline to read from.</summary>
/// <param name="Ids">Newest first, each once.</param>
/// <param name="BuildTime">When it was last built from the stored posts; null if it is not complete.</param>
/// <param name="Rebuilding">Whether something may be missing because a source did not answer.</param>
public sealed record BuiltTimeline(
    IReadOnlyList<PostId> Ids,
    DateTimeOffset? BuildTime,
    bool Rebuilding
)
{
    /// <summary>Those of <see cref="Ids"/> that were taken from the stored posts for this reading alone.</summary>
    public IReadOnlySet<PostId> Pulled { get; init; } = new HashSet<PostId>();
}
