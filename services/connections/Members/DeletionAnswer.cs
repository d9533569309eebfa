namespace Platform.Connections.Members;

/// <summary>What a deletion was answered with, kept so that a repetition gets the first answer.</summary>
/// <param name="RequestId">The caller's id.</param>
/// <param name="State">Where it stood.</param>
/// <param name="EndTime">When it was done, if it was.</param>
/// <param name="RemovedCount">How many had been removed.</param>
/// <param name="RemainingCount">How many were left.</param>
/// <param name="Revision">The revision of the service.</param>
public sealed record DeletionAnswer(
    string RequestId,
    MemberDeletionState State,
    DateTimeOffset? EndTime,
    long RemovedCount,
    long RemainingCount,
    long Revision
);
