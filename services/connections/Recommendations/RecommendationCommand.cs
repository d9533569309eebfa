using Platform.Connections.Relationships;

namespace Platform.Connections.Recommendations;

/// <summary>What every change of a recommendation has in common.</summary>
/// <param name="Actor">The member who acts; author or recipient.</param>
/// <param name="Now">The time of the change, in whole milliseconds: every engine keeps those.</param>
/// <param name="Pair">What stood between the two a moment ago, after the document was read.</param>
/// <param name="Revision">A revision that the service has reached; the answer carries it.</param>
/// <param name="Request">Set when the caller named a <c>request_id</c>.</param>
public readonly record struct RecommendationCommand(
    string Actor,
    DateTimeOffset Now,
    PairStatus Pair,
    long Revision,
    RequestKey? Request = null
);
