using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <summary>What became of one invitation of a batch: one of the two.</summary>
/// <param name="Answer">Set when it was stored, now or by the first call.</param>
/// <param name="Refusal">Why it was not.</param>
public sealed record SendOutcome(RelationshipAnswer? Answer, DomainException? Refusal);
