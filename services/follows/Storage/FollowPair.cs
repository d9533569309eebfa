using Platform.Follows.Entities;

namespace Platform.Follows.Storage;

/// <summary>A member and what it follows, followed or is about to.</summary>
public readonly record struct FollowPair(string Follower, Followable Entity);
