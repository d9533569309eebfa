using Platform.Connections.Network.Graph;

namespace Platform.Connections.Network;

/// <summary>The graph as one member is to see it.</summary>
/// <param name="Viewer">The member.</param>
/// <param name="Graph">The graph.</param>
/// <param name="Blocked">Dense ids of those with whom a block stands, either way.</param>
internal sealed record ViewerGraph(string Viewer, GraphView Graph, IReadOnlySet<int> Blocked)
{
    private const int MaxSamples = 3;

    /// <summary>The viewer's dense id; -1 without any connection.</summary>
    public int Id { get; } = Graph.Find(Viewer);

    /// <summary>Whether a member is one of the viewer's connections.</summary>
    public bool IsConnection(int id) => Graph.ConnectionsOf(Id).BinarySearch(id) >= 0;

    /// <summary>The member with an id, to be shown: unknown when a block stands between the two.</summary>
    public int Find(string member) =>
        Graph.Find(member) is var id && Blocked.Contains(id) ? -1 : id;

    /// <summary>The ids of members, each as <see cref="Find"/> says.</summary>
    public int[] FindAll(IReadOnlyList<string> members)
    {
        var ids = new int[members.Count];
        Graph.FindAll(members, ids);
        if (Blocked.Count > 0)
        {
            foreach (ref var id in ids.AsSpan())
            {
                id = Blocked.Contains(id) ? -1 : id;
            }
        }
        return ids;
    }

    /// <summary>The connections that lead to a member, by id: in the same order on every replica.</summary>
    /// <param name="member">The member.</param>
    /// <param name="showing">Through whom the viewer may see further.</param>
    public List<int> ConnectorsTo(int member, IReadOnlySet<int> showing)
    {
        var connectors = new List<int>();
        Graph.Mutual(Id, member, connectors);
        connectors.RemoveAll(id => !showing.Contains(id));
        connectors.Sort(Graph.CompareNames);
        return connectors;
    }

    /// <summary>Some of the connections that lead to a member.</summary>
    public string[] Samples(List<int> connectors) =>
        [.. connectors.Take(MaxSamples).Select(Graph.NameOf)];

    public NetworkAnswer<T> Answer<T>(T value) => new(value, Graph.Revision);
}
