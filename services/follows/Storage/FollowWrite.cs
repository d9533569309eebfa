namespace Platform.Follows.Storage;

/// <summary>The answer of the first step of a change.</summary>
/// <param name="Outcome">What became of it; for a repeated request, what became of it the first time.</param>
/// <param name="Revision">The sequence number of the pair's change, 0 if there is none to tell.</param>
/// <param name="Pending">The second step that has to be taken, by this request or because an earlier one did not get to it.</param>
/// <param name="Usage">What the follower uses of its limits after it; null where none was given.</param>
public readonly record struct FollowWrite(
    FollowOutcome Outcome,
    long Revision,
    PendingFollow? Pending,
    FollowUsage? Usage = null
);
