namespace Platform.Connections.Connections;

/// <summary>What stands between two members, from the point of view of one. The numbers are those of the contract.</summary>
public enum ConnectionStanding
{
    /// <summary>Neither connected nor invited; also when blocked.</summary>
    None = 1,

    /// <summary>First-degree connections.</summary>
    Connected = 2,

    /// <summary>The viewer's invitation is pending.</summary>
    InvitationSent = 3,

    /// <summary>The other's invitation is pending.</summary>
    InvitationReceived = 4,

    /// <summary>The other is the viewer.</summary>
    Self = 5,
}
