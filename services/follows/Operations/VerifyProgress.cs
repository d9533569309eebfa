namespace Platform.Follows.Operations;

/// <summary>A piece of a verification.</summary>
/// <param name="Resume">Where to go on after it: a bucket that is not done is looked at again.</param>
/// <param name="Edges">Follows looked at so far, in both directions.</param>
/// <param name="Findings">Found since the piece before.</param>
/// <param name="FindingsTotal">Findings so far.</param>
/// <param name="RepairedTotal">Findings mended so far.</param>
/// <param name="IsDone">Whether this is the last.</param>
public sealed record VerifyProgress(
    VerifyPosition Resume,
    long Edges,
    IReadOnlyList<FollowFinding> Findings,
    long FindingsTotal,
    long RepairedTotal,
    bool IsDone
);
