namespace Platform.Connections.Relationships;

/// <summary>
/// The lists of a member in which a relationship can stand. The numbers are stored. An accepted invitation stands in
/// <see cref="Connections"/> and in one of the lists of accepted invitations; the latter are not stored, but follow from
/// the first and from who invited.
/// </summary>
public enum RelationshipList
{
    /// <summary>First-degree connections, by the time they connected.</summary>
    Connections = 1,

    /// <summary>Pending invitations sent, by the time they were sent.</summary>
    SentPending = 11,

    /// <summary>Invitations sent whose connection lasts, by the time they connected.</summary>
    SentAccepted = 12,

    /// <summary>Invitations sent and declined, by the time of that.</summary>
    SentDeclined = 13,

    /// <summary>Invitations sent and withdrawn, by the time of that.</summary>
    SentWithdrawn = 14,

    /// <summary>Invitations sent and expired, by the time of that.</summary>
    SentExpired = 15,

    /// <summary>Pending invitations received, by the time they were sent.</summary>
    ReceivedPending = 21,

    /// <summary>Invitations received whose connection lasts, by the time they connected.</summary>
    ReceivedAccepted = 22,

    /// <summary>Invitations received and declined, by the time of that.</summary>
    ReceivedDeclined = 23,

    /// <summary>Invitations received and expired, by the time of that.</summary>
    ReceivedExpired = 25,

    /// <summary>Members whom the member blocks, by the time of the member's block.</summary>
    Blocked = 31,

    /// <summary>
    /// Members who block the member, and whom it does not block. No answer to a member may show it, its size or its order: it
    /// is there to leave them out of what the member sees.
    /// </summary>
    BlockedBy = 32,
}
