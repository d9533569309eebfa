namespace Platform.Connections.Limits;

/// <summary>The limits of a member. The numbers are those of the contract.</summary>
public enum QuotaKind
{
    /// <summary>Invitations sent in the last seven days.</summary>
    WeeklyInvitations = 1,

    /// <summary>Invitations sent and still pending.</summary>
    PendingInvitations = 2,

    /// <summary>First-degree connections.</summary>
    Connections = 3,

    /// <summary>Members blocked.</summary>
    Blocks = 4,
}
