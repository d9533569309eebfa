using Platform.Follows.Entities;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>One item of several that a member wants to follow.</summary>
/// <param name="Entity">What.</param>
/// <param name="Refusal">Why it cannot be asked for at all; null if it can.</param>
/// <param name="RequestId">Its own request id; empty for none.</param>
public sealed record FollowWish(Followable Entity, DomainException? Refusal, string RequestId);
