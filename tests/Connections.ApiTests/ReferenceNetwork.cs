using Platform.Connections.V1;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>
/// What the network answers, worked out the straightforward way: sets, and a search of the whole graph for each question.
/// </summary>
internal sealed class ReferenceNetwork
{
    private readonly HashSet<(string, string)> _connected = [];
    private readonly HashSet<(string, string)> _blocked = [];
    private readonly Dictionary<string, ListVisibility> _visibility = [];

    public required IReadOnlyList<string> Members { get; init; }

    public int ConnectedMembers => Members.Count(member => ConnectionsOf(member).Count > 0);

    public bool AreConnected(string one, string other) => _connected.Contains((one, other));

    public bool AreBlocked(string one, string other) =>
        _blocked.Contains((one, other)) || _blocked.Contains((other, one));

    public bool Blocks(string one, string other) => _blocked.Contains((one, other));

    public void Connect(string one, string other)
    {
        _connected.Add((one, other));
        _connected.Add((other, one));
    }

    public void Disconnect(string one, string other)
    {
        _connected.Remove((one, other));
        _connected.Remove((other, one));
    }

    public void Block(string one, string other)
    {
        Disconnect(one, other);
        _blocked.Add((one, other));
    }

    public void Show(string member, ListVisibility visibility) => _visibility[member] = visibility;

    public Degree DegreeOf(string viewer, string other)
    {
        if (viewer == other)
        {
            return Degree.Self;
        }
        return AreBlocked(viewer, other)
            ? Degree.OutOfNetwork
            : DistanceOf(viewer, other) switch
            {
                1 => Degree.First,
                2 => Degree.Second,
                3 => Degree.Third,
                _ => Degree.OutOfNetwork,
            };
    }

    public List<string> MutualOf(string viewer, string other) =>
        viewer == other || AreBlocked(viewer, other)
            ? []
            :
            [
                .. ConnectionsOf(viewer)
                    .Intersect(ConnectionsOf(other))
                    .Where(_ => AreConnected(viewer, other) || Shows(other, viewer))
                    .Order(StringComparer.Ordinal),
            ];

    public List<(string Member, List<string> Connectors)> SecondDegreeOf(string viewer) =>
        [
            .. Members
                .Where(other => DistanceOf(viewer, other) == 2 && !AreBlocked(viewer, other))
                .Select(other =>
                    (
                        other,
                        ConnectionsOf(viewer)
                            .Intersect(ConnectionsOf(other))
                            .Where(connector => Shows(connector, viewer))
                            .Order(StringComparer.Ordinal)
                            .ToList()
                    )
                )
                .Where(found => found.Item2.Count > 0)
                .OrderByDescending(found => found.Item2.Count)
                .ThenBy(found => found.other, StringComparer.Ordinal),
        ];

    /// <summary>All shortest ways that the viewer may see, each as text, in order.</summary>
    public List<string> PathsOf(string viewer, string other)
    {
        var distance = AreBlocked(viewer, other) ? 4 : DistanceOf(viewer, other);
        if (distance > 3)
        {
            return [];
        }
        var ways = new List<List<string>> { new() { viewer } };
        for (var step = 1; step <= distance; step++)
        {
            ways =
            [
                .. ways.SelectMany(
                    way => ConnectionsOf(way[^1]),
                    (way, next) => (List<string>)[.. way, next]
                ),
            ];
        }
        return
        [
            .. ways.Where(way => way[^1] == other)
                .Where(way =>
                    way[1..^1]
                        .TrueForAll(between =>
                            Shows(between, viewer) && !AreBlocked(viewer, between)
                        )
                )
                .Select(way => string.Join('>', way))
                .Order(StringComparer.Ordinal),
        ];
    }

    public List<string> ConnectionsOf(string member) =>
        [.. Members.Where(other => AreConnected(member, other))];

    private bool Shows(string owner, string viewer) =>
        _visibility.GetValueOrDefault(owner, ListVisibility.Everyone) switch
        {
            ListVisibility.Everyone => true,
            ListVisibility.Connections => AreConnected(owner, viewer),
            _ => false,
        };

    private int DistanceOf(string from, string to)
    {
        var seen = new HashSet<string> { from };
        var front = new List<string> { from };
        for (var distance = 0; distance <= 3; distance++)
        {
            if (front.Contains(to))
            {
                return distance;
            }
            front = [.. front.SelectMany(ConnectionsOf).Where(seen.Add)];
        }
        return 4;
    }
}
