namespace Platform.Connections.Members;

/// <summary>Who may invite a member. The numbers are stored, and are those of the contract.</summary>
public enum InvitationAudience
{
    /// <summary>Everyone.</summary>
    Everyone = 1,

    /// <summary>Members with at least one mutual connection.</summary>
    SecondDegree = 2,

    /// <summary>Nobody.</summary>
    Nobody = 3,
}
