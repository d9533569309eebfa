namespace Platform.Connections.Relationships;

/// <summary>The little of a relationship that a check needs.</summary>
/// <param name="State">What stands between the two.</param>
/// <param name="Inviter">Who sent the latest invitation.</param>
/// <param name="InvitationNumber">Which invitation of the pair is the latest; 0 when there never was one.</param>
/// <param name="BlockedBy">Who blocks whom.</param>
/// <param name="BlockedThrough">See <see cref="Relationship.BlockedThrough"/>.</param>
public readonly record struct PairStatus(
    RelationshipState State,
    Side Inviter,
    int InvitationNumber,
    Side BlockedBy,
    int BlockedThrough = 0
);
