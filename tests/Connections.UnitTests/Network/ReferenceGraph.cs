using Platform.Connections.Network.Graph;

namespace Platform.Tests.Connections.UnitTests.Network;

/// <summary>What the index has to answer, in the plainest way: sets of names, and breadth-first search over them.</summary>
public sealed class ReferenceGraph
{
    private readonly Dictionary<string, Dictionary<string, ushort>> _lists = [];
    private readonly Dictionary<(string, string), long> _revisions = [];

    public IEnumerable<string> ConnectedMembers =>
        _lists.Where(list => list.Value.Count > 0).Select(list => list.Key);

    public int Edges => _lists.Values.Sum(list => list.Count) / 2;

    public void Apply(EdgeChange change)
    {
        var pair =
            string.CompareOrdinal(change.Low, change.High) < 0
                ? (change.Low, change.High)
                : (change.High, change.Low);
        if (_revisions.TryGetValue(pair, out var revision) && revision >= change.Revision)
        {
            return;
        }
        _revisions[pair] = change.Revision;
        foreach (var (one, other) in new[] { (pair.Item1, pair.Item2), (pair.Item2, pair.Item1) })
        {
            var list = _lists.TryGetValue(one, out var found) ? found : _lists[one] = [];
            if (change.Connected)
            {
                list[other] = (ushort)(change.TimeMs / (24 * 60 * 60 * 1000L));
            }
            else
            {
                list.Remove(other);
            }
        }
    }

    public ReferenceGraph Clone()
    {
        var clone = new ReferenceGraph();
        foreach (var (member, list) in _lists)
        {
            clone._lists[member] = new(list);
        }
        foreach (var (pair, revision) in _revisions)
        {
            clone._revisions[pair] = revision;
        }
        return clone;
    }

    public IReadOnlyDictionary<string, ushort> Connections(string member) =>
        _lists.TryGetValue(member, out var list) ? list : new Dictionary<string, ushort>();

    /// <summary>Everybody within three connections, with the distance.</summary>
    public Dictionary<string, int> Within3(string from)
    {
        var distances = new Dictionary<string, int> { [from] = 0 };
        string[] ring = [from];
        for (var distance = 1; distance <= 3; distance++)
        {
            ring =
            [
                .. ring.SelectMany(member => Connections(member).Keys)
                    .Distinct()
                    .Where(member => distances.TryAdd(member, distance)),
            ];
        }
        return distances;
    }

    public List<string> Mutual(string one, string other) =>
        [.. Connections(one).Keys.Intersect(Connections(other).Keys).Order(StringComparer.Ordinal)];

    /// <summary>Members two away with the number of ways there, the most first, then by name.</summary>
    public List<(string Member, int Count)> SecondDegree(
        string from,
        Predicate<string> through,
        Predicate<string> include,
        int minMutualCount
    ) =>
        [
            .. Connections(from)
                .Keys.Where(connection => through(connection))
                .SelectMany(connection => Connections(connection).Keys)
                .Where(member => member != from && !Connections(from).ContainsKey(member))
                .GroupBy(member => member)
                .Select(ways => (Member: ways.Key, Count: ways.Count()))
                .Where(found => found.Count >= minMutualCount && include(found.Member))
                .OrderByDescending(found => found.Count)
                .ThenBy(found => found.Member, StringComparer.Ordinal),
        ];

    /// <summary>Members two away by score, the best first, then by name.</summary>
    public List<(string Member, long Score)> Rank(
        string from,
        Func<string, double> weightOf,
        IReadOnlyList<double> weightOfAge,
        ushort today
    ) =>
        [
            .. Connections(from)
                .Keys.SelectMany(connection =>
                    Connections(connection)
                        .Select(line =>
                            (
                                Member: line.Key,
                                Score: (long)Math.Round(weightOf(connection) * 1024)
                                    * (long)
                                        Math.Round(
                                            weightOfAge[
                                                Math.Min(
                                                    Math.Max(today - line.Value, 0),
                                                    weightOfAge.Count - 1
                                                )
                                            ] * 64
                                        )
                            )
                        )
                )
                .Where(line => line.Member != from && !Connections(from).ContainsKey(line.Member))
                .GroupBy(line => line.Member)
                .Select(lines => (Member: lines.Key, Score: lines.Sum(line => line.Score)))
                .Where(found => found.Score > 0)
                .OrderByDescending(found => found.Score)
                .ThenBy(found => found.Member, StringComparer.Ordinal),
        ];

    /// <summary>All shortest paths of up to three connections, as text.</summary>
    public List<string> ShortestPaths(string from, string to, Predicate<string> through)
    {
        if (!Within3(from).TryGetValue(to, out var distance) || distance == 0)
        {
            return [];
        }
        List<string[]> paths =
        [
            [from],
        ];
        for (var step = 1; step <= distance; step++)
        {
            paths =
            [
                .. paths.SelectMany(path =>
                    Connections(path[^1])
                        .Keys.Where(next => step == distance ? next == to : through(next))
                        .Select(next => (string[])[.. path, next])
                ),
            ];
        }
        return [.. paths.Select(path => string.Join('>', path)).Order(StringComparer.Ordinal)];
    }
}
