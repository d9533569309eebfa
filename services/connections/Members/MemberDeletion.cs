namespace Platform.Connections.Members;

/// <summary>The erasure of a member, from the moment it was asked for.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="EndTime">When it was done.</param>
/// <param name="RemovedCount">How many pairs, recommendations and settings have been removed so far; at least.</param>
/// <param name="DueTime">When a worker takes it up; null when nothing is left to do.</param>
/// <param name="FirstAnswer">What was answered to a request that named a <c>request_id</c>.</param>
public sealed record MemberDeletion(
    MemberDeletionState State,
    DateTimeOffset StartTime,
    DateTimeOffset? EndTime,
    long RemovedCount,
    DateTimeOffset? DueTime = null,
    DeletionAnswer? FirstAnswer = null
);
