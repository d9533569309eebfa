namespace Platform.Feed.Operations;

/// <summary>How far a verification is.</summary>
/// <param name="Findings">Since the progress before.</param>
public sealed record VerifyProgress(
    string Cursor,
    long TimelinesChecked,
    IReadOnlyList<FeedFinding> Findings,
    long FindingsTotal,
    long RepairedTotal,
    bool IsDone
);
