namespace Platform.Connections.Network.Graph;

/// <summary>Loads a whole graph at once: far faster than change by change. One thread; used once.</summary>
public sealed class GraphBuilder
{
    private const int ChunkSize = 1 << 16;

    private readonly MemberNames _names = new();
    private readonly List<(int One, int Other, ushort Day)[]> _chunks = [];
    private int _used = ChunkSize;
    private string _lastLow = "";
    private int _lastLowId;

    /// <summary>How many connections were added, doubles included.</summary>
    public long Added { get; private set; }

    /// <summary>Adds a connection. The order does not matter; of one that is added repeatedly, the latest time holds.</summary>
    /// <param name="low">One member.</param>
    /// <param name="high">The other.</param>
    /// <param name="connectedTimeMs">Since when, in milliseconds since 1970.</param>
    /// <exception cref="ArgumentException">The two are the same, or one is no member's id.</exception>
    public void Add(string low, string high, long connectedTimeMs)
    {
        GraphIndex.RequirePair(low, high);
        // stores list the pairs of one member one after the other
        if (!string.Equals(low, _lastLow, StringComparison.Ordinal))
        {
            _lastLowId = _names.GetOrAdd(low);
            _lastLow = low;
        }
        if (_used == ChunkSize)
        {
            _chunks.Add(new (int, int, ushort)[ChunkSize]);
            _used = 0;
        }
        _chunks[^1][_used++] = (_lastLowId, _names.GetOrAdd(high), GraphDays.Of(connectedTimeMs));
        Added++;
    }

    /// <summary>The index of what was added.</summary>
    /// <param name="revision">
    /// The revision that the load had surely met everything up to when it began. What changed since is to be applied next.
    /// </param>
    public GraphIndex Build(long revision)
    {
        var members = _names.Count;
        var ends = new int[members];
        foreach (var (one, other, _) in Edges())
        {
            ends[one]++;
            ends[other]++;
        }
        var blocks = new GraphBlock[GraphIndex.CountBlocks(members)];
        var lists = new (int[] Starts, int[] Others, ushort[] Days)[blocks.Length];
        for (var block = 0; block < blocks.Length; block++)
        {
            // from degrees to where each list begins; filling it moves that to where it ends
            var first = block << GraphBlock.Bits;
            var starts = new int[GraphBlock.Size + 1];
            for (var local = 0; local < GraphBlock.Size; local++)
            {
                var degree = first + local < members ? ends[first + local] : 0;
                if (degree > 0)
                {
                    ends[first + local] = starts[local];
                }
                starts[local + 1] = checked(starts[local] + degree);
            }
            lists[block] = (
                starts,
                GC.AllocateUninitializedArray<int>(starts[^1]),
                GC.AllocateUninitializedArray<ushort>(starts[^1])
            );
        }
        foreach (var (one, other, day) in Edges())
        {
            Append(one, other, day);
            Append(other, one, day);
        }
        var totals = default(GraphTotals);
        for (var block = 0; block < blocks.Length; block++)
        {
            var (starts, others, days) = lists[block];
            lists[block] = default;
            blocks[block] = Sort(starts, others, days, ref totals);
        }
        return new GraphIndex(_names, blocks, totals, revision, revision, [], []);

        void Append(int member, int other, ushort day)
        {
            var (_, others, days) = lists[member >> GraphBlock.Bits];
            var end = ends[member]++;
            others[end] = other;
            days[end] = day;
        }
    }

    private static GraphBlock Sort(
        int[] starts,
        int[] others,
        ushort[] days,
        ref GraphTotals totals
    )
    {
        var written = 0;
        for (var local = 0; local < GraphBlock.Size; local++)
        {
            var (start, end) = (starts[local], starts[local + 1]);
            starts[local] = written;
            others.AsSpan(start, end - start).Sort(days.AsSpan(start, end - start));
            for (var read = start; read < end; read++)
            {
                if (written > starts[local] && others[written - 1] == others[read])
                {
                    days[written - 1] = Math.Max(days[written - 1], days[read]);
                    continue;
                }
                (others[written], days[written++]) = (others[read], days[read]);
            }
            totals.ConnectedMembers += written > starts[local] ? 1 : 0;
        }
        starts[GraphBlock.Size] = written;
        totals.HalfEdges += written;
        return written == others.Length
            ? GraphBlock.Of(starts, others, days)
            : GraphBlock.Of(starts, others[..written], days[..written]);
    }

    private IEnumerable<(int One, int Other, ushort Day)> Edges()
    {
        foreach (var chunk in _chunks)
        {
            var length = ReferenceEquals(chunk, _chunks[^1]) ? _used : ChunkSize;
            for (var index = 0; index < length; index++)
            {
                yield return chunk[index];
            }
        }
    }
}
