namespace Platform.Connections.Recommendations;

/// <summary>A mutation that named a <c>request_id</c>, kept so that a repetition gets the first answer.</summary>
/// <param name="Actor">Who made it; request ids of the two members do not meet.</param>
/// <param name="RequestId">The caller's id.</param>
/// <param name="Fingerprint">What was asked.</param>
/// <param name="Time">When; after <see cref="Relationships.Relationship.RequestIdLifetime"/> it is forgotten.</param>
/// <param name="Answer">The answer.</param>
public sealed record RecommendationMutation(
    RecommendationRole Actor,
    string RequestId,
    string Fingerprint,
    DateTimeOffset Time,
    RecommendationAnswer Answer
);
