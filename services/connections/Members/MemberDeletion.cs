namespace Platform.Connections.Members;

/// <summary>The erasure of a member, from the moment it was asked for.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="EndTime">When it was done.</param>
/// <param name="RemovedCount">How many pairs, recommendations and settings have been removed so far.</param>
public sealed record MemberDeletion(
    MemberDeletionState State,
    DateTimeOffset StartTime,
    DateTimeOffset? EndTime,
    long RemovedCount
);
