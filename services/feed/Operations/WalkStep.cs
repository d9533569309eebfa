namespace Platform.Feed.Operations;

/// <summary>A step of a walk through timelines.</summary>
/// <param name="MemberId">Whose timeline is next; null where a part of the walk is over.</param>
/// <param name="Began">When the walk began, in its first call.</param>
/// <param name="Cursor">Where to resume after this step, or before it.</param>
/// <param name="IsLast">Whether nothing follows.</param>
/// <param name="IsReportDue">Whether to say how far the walk is after this step.</param>
public sealed record WalkStep(
    string? MemberId,
    DateTimeOffset Began,
    string Cursor,
    bool IsLast,
    bool IsReportDue
);
