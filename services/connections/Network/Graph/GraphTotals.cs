namespace Platform.Connections.Network.Graph;

/// <summary>What a view counts.</summary>
internal record struct GraphTotals
{
    /// <summary>Lines of all lists: twice the number of connections.</summary>
    public long HalfEdges { get; set; }

    /// <summary>Members whose list is not empty.</summary>
    public int ConnectedMembers { get; set; }
}
