namespace Platform.Connections.Relationships;

/// <summary>A mutation that named a <c>request_id</c>, kept so that a repetition gets the first answer.</summary>
/// <param name="Actor">Who made it; request ids of the two members do not meet.</param>
/// <param name="RequestId">The caller's id.</param>
/// <param name="Fingerprint">What was asked.</param>
/// <param name="Time">When; after <see cref="Relationship.RequestIdLifetime"/> it is forgotten.</param>
/// <param name="Invitation">The invitation as it was answered; null where the answer holds none.</param>
/// <param name="Revision">The revision that was answered; 0 until it is stored.</param>
public sealed record RecentMutation(
    Side Actor,
    string RequestId,
    string Fingerprint,
    DateTimeOffset Time,
    Invitation? Invitation,
    long Revision
)
{
    /// <summary>The time that was answered; see <see cref="RelationshipAnswer.BlockTime"/>.</summary>
    public DateTimeOffset? BlockTime { get; init; }
}
