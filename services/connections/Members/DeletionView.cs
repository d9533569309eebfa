namespace Platform.Connections.Members;

/// <summary>How far an erasure is, as it is answered.</summary>
/// <param name="MemberId">Who is erased.</param>
/// <param name="State">Where it stands; null when there is none.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="EndTime">When it was done.</param>
/// <param name="RemovedCount">How many things have been removed.</param>
/// <param name="RemainingCount">How many are left.</param>
/// <param name="Revision">The revision of the service.</param>
public sealed record DeletionView(
    string MemberId,
    MemberDeletionState? State,
    DateTimeOffset? StartTime,
    DateTimeOffset? EndTime,
    long RemovedCount,
    long RemainingCount,
    long Revision
);
