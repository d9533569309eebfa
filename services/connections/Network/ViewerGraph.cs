using Platform.Connections.Network.Graph;

namespace Platform.Connections.Network;

/// <summary>The graph as one member is to see it.</summary>
/// <param name="Viewer">The member.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Blocked">Dense ids of those with whom a block stands, either way.</param>
internal sealed record ViewerGraph(string Viewer, GraphView Graph, IReadOnlySet<int> Blocked)
{
    /// <summary>The viewer's dense id; -1 without any connection.</summary>
    public int Id { get; } = Graph.Find(Viewer);

    /// <summary>Whether a member is one of the viewer's connections.</summary>
    public bool IsConnection(int id) => Graph.ConnectionsOf(Id).BinarySearch(id) >= 0;

    /// <summary>The member with an id, to be shown: unknown when a block stands between the two.</summary>
    public int Find(string member) =>
        Graph.Find(member) is var id && Blocked.Contains(id) ? -1 : id;

    /// <summary>The ids of members, each as <see cref="Find"/> says.</summary>
    public int[] FindAll(IReadOnlyList<string> members) => [.. members.Select(Find)];

    public NetworkAnswer<T> Answer<T>(T value) => new(value, Graph.Revision);
}
