namespace Platform.Connections.Relationships;

/// <summary>Where an invitation stands. The numbers are stored, and are those of the contract.</summary>
public enum InvitationState
{
    /// <summary>Waits for the invitee.</summary>
    Pending = 1,

    /// <summary>Made a connection.</summary>
    Accepted = 2,

    /// <summary>The invitee said no.</summary>
    Declined = 3,

    /// <summary>The inviter took it back.</summary>
    Withdrawn = 4,

    /// <summary>Nobody acted in time.</summary>
    Expired = 5,

    /// <summary>A block ended it.</summary>
    Superseded = 6,
}
