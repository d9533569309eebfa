namespace Platform.Connections.Members;

/// <summary>Who sees a member's list of connections. The numbers are stored, and are those of the contract.</summary>
public enum ListVisibility
{
    /// <summary>Everyone.</summary>
    Everyone = 1,

    /// <summary>First-degree connections.</summary>
    Connections = 2,

    /// <summary>Only the member.</summary>
    OnlyMe = 3,
}
