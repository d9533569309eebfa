namespace Platform.Feed.Sources;

/// <summary>What connections said about one viewer since the last change that concerns them.</summary>
public sealed class ViewerFacts
{
    // authors seen; who reads far more of them has their oldest answers asked for again
    private const int MostMembers = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, bool> _connected = new(StringComparer.Ordinal);
    private long? _count;

    /// <summary>How many connections the viewer has; null if it is not known.</summary>
    public long? Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Splits members by what is known about them.</summary>
    /// <param name="members">Who.</param>
    /// <param name="connected">Gets those that are known to be connections.</param>
    /// <returns>Those of whom nothing is known.</returns>
    public IReadOnlyCollection<string> Unknown(
        IReadOnlyCollection<string> members,
        HashSet<string> connected
    )
    {
        var unknown = new List<string>();
        lock (_gate)
        {
            foreach (var member in members)
            {
                if (!_connected.TryGetValue(member, out var isConnected))
                {
                    unknown.Add(member);
                }
                else if (isConnected)
                {
                    connected.Add(member);
                }
            }
        }
        return unknown;
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="asked">Who was asked about.</param>
    /// <param name="connected">Those of them that are connections.</param>
    public void Learn(IReadOnlyCollection<string> asked, IReadOnlySet<string> connected)
    {
        lock (_gate)
        {
            if (_connected.Count + asked.Count > MostMembers)
            {
                _connected.Clear();
            }
            foreach (var member in asked.Take(MostMembers))
            {
                _connected[member] = connected.Contains(member);
            }
        }
    }

    /// <summary>Keeps an answer.</summary>
    public void LearnCount(long count)
    {
        lock (_gate)
        {
            _count = count;
        }
    }
}
