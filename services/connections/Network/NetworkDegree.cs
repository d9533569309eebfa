namespace Platform.Connections.Network;

/// <summary>How far apart two members are; the numbers are those of the contract.</summary>
public enum NetworkDegree
{
    /// <summary>The same member.</summary>
    Self = 1,

    /// <summary>Connected.</summary>
    First = 2,

    /// <summary>A connection of a connection.</summary>
    Second = 3,

    /// <summary>Three connections away.</summary>
    Third = 4,

    /// <summary>Further away, not connected at all, unknown, or blocked either way.</summary>
    OutOfNetwork = 5,
}
