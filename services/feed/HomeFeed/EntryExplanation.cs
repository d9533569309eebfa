using Platform.Feed.Posts;

namespace Platform.Feed.HomeFeed;

/// <summary>Why a post is in a home feed, or why not.</summary>
/// <param name="Post">Null if the viewer may not see it.</param>
/// <param name="Absence">Null if it is shown.</param>
public sealed record EntryExplanation(
    Post? Post,
    bool Shown,
    IReadOnlyList<FeedReason> Reasons,
    AbsenceReason? Absence,
    EntryOrigin Origin,
    IReadOnlyCollection<FeedGap> Gaps
)
{
    public static EntryExplanation Absent(
        AbsenceReason absence,
        IReadOnlyCollection<FeedGap> gaps
    ) => new(null, Shown: false, [], absence, EntryOrigin.Unknown, gaps);
}
