namespace Platform.Load;

/// <summary>
/// Who there is, who is connected to whom, and who does how much. A member is as active, and as much looked at, as they have connections:
/// the few with many make most of the load, as in any network of people.
/// </summary>
public sealed class Population
{
    // of the connections that are left out at first, so that the load has invitations to send
    private const int HeldBack = 20;

    private readonly string[] _byActivity;
    private readonly Dictionary<string, List<string>> _connections;

    /// <param name="edges">The graph: pairs of ids.</param>
    public Population(IReadOnlyList<(string One, string Other)> edges)
    {
        if (edges.Count < HeldBack)
        {
            throw new ArgumentException($"A graph has at least {HeldBack} edges.", nameof(edges));
        }
        Connected = [.. edges.Where((_, index) => index % HeldBack != 0)];
        ToInvite = [.. edges.Where((_, index) => index % HeldBack == 0)];
        // each as often as they have connections: a draw from it is heavy-tailed as the graph is
        _byActivity = [.. Connected.SelectMany(edge => new[] { edge.One, edge.Other })];
        _connections = Connected
            .SelectMany(edge => new[] { edge, (One: edge.Other, Other: edge.One) })
            .GroupBy(edge => edge.One, edge => edge.Other)
            .ToDictionary(ofOne => ofOne.Key, ofOne => ofOne.ToList());
        Members = [.. _connections.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Everybody with a connection.</summary>
    public IReadOnlyList<string> Members { get; }

    /// <summary>The connections that are there from the beginning.</summary>
    public IReadOnlyList<(string One, string Other)> Connected { get; }

    /// <summary>Those that the load makes.</summary>
    public IReadOnlyList<(string One, string Other)> ToInvite { get; }

    /// <summary>Somebody; who has more connections, more often.</summary>
    public string Anybody(Random random) => _byActivity[random.Next(_byActivity.Length)];

    /// <summary>Somebody, and one of their connections.</summary>
    public (string Member, string Connection) Anypair(Random random)
    {
        var member = Anybody(random);
        var connections = _connections[member];
        return (member, connections[random.Next(connections.Count)]);
    }

    /// <summary>Somebody, and so many others whom they might look at: connections and strangers.</summary>
    public (string Member, IReadOnlyList<string> Others) AnyOthers(Random random, int count)
    {
        var member = Anybody(random);
        var others = new HashSet<string>(StringComparer.Ordinal);
        for (var tries = 0; others.Count < count && tries < 4 * count; tries++)
        {
            var other = Anybody(random);
            if (other != member)
            {
                others.Add(other);
            }
        }
        return (member, [.. others]);
    }
}
