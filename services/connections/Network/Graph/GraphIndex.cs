using System.Runtime.InteropServices;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// The graph of connections in memory. Readers take <see cref="Current"/> and need no lock; what writes takes turns. A change
/// makes a new view that shares all but the changed members' lists with the one before, and is published by one write.
/// <para>
/// Changes may come in any order and repeatedly: of each pair the change with the greatest revision holds. To know it, the
/// index keeps the revision of each changed pair until it is settled (<see cref="Settle"/>).
/// </para>
/// </summary>
public sealed class GraphIndex
{
    private const int LatestKept = 32;

    private readonly Lock _writing = new();
    private readonly MemberNames _names;
    private readonly Dictionary<long, long> _unsettled;
    private readonly Queue<AppliedChange> _latest;
    private readonly List<HalfEdge> _batch = [];
    private GraphView _current;
    private long _settled;
    private int _unsettledAfterTrim;

    /// <summary>An index without connections, of an empty store.</summary>
    public GraphIndex()
        : this(new MemberNames(), [], default, 0, 0, [], []) { }

    internal GraphIndex(
        MemberNames names,
        GraphBlock[] blocks,
        GraphTotals totals,
        long revision,
        long settled,
        Dictionary<long, long> unsettled,
        IEnumerable<AppliedChange> latest
    )
    {
        _latest = new Queue<AppliedChange>(latest);
        _names = names;
        _unsettled = unsettled;
        _unsettledAfterTrim = unsettled.Count;
        _settled = settled;
        _current = new GraphView(blocks, names, new ScratchPool(), totals, names.Count, revision);
    }

    /// <summary>The graph as it is now.</summary>
    public GraphView Current => Volatile.Read(ref _current);

    /// <summary>Up to here all changes have been applied: from here a reader of the change record goes on.</summary>
    public long Settled => Volatile.Read(ref _settled);

    /// <summary>
    /// Some of the last changes that were applied, to ask a store about: one that does not hold them has been put back to
    /// before them. Those of a snapshot are those that it was saved with, until more are applied.
    /// </summary>
    public IReadOnlyList<AppliedChange> Latest
    {
        get
        {
            lock (_writing)
            {
                return [.. _latest];
            }
        }
    }

    /// <summary>Applies changes, in whatever order; repeating it changes nothing.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="revision">The revision that the graph then stands for; a smaller one than before leaves it.</param>
    /// <exception cref="ArgumentException">A change is of no pair of members; nothing was applied.</exception>
    public void Apply(ReadOnlySpan<EdgeChange> changes, long revision)
    {
        foreach (ref readonly var change in changes)
        {
            RequirePair(change.Low, change.High);
        }
        lock (_writing)
        {
            _batch.Clear();
            foreach (ref readonly var change in changes)
            {
                // one that is settled says nothing new, but that the store holds it
                if (change.Revision <= _settled ? _latest.Count < LatestKept : Decide(change))
                {
                    Remember(change);
                }
            }
            _batch.Sort();
            var before = _current;
            revision = Math.Max(revision, before.Revision);
            var totals = before.Totals;
            var blocks =
                _batch.Count == 0
                    ? before.Blocks.ToArray()
                    : Merge(before.Blocks, CollectionsMarshal.AsSpan(_batch), ref totals);
            Volatile.Write(ref _current, before.With(blocks, totals, _names.Count, revision));
        }
    }

    /// <summary>
    /// Says that everything up to a revision has been applied. What comes again of it is ignored from now on, and what was
    /// remembered to tell late changes is forgotten.
    /// </summary>
    /// <param name="revision">The revision; a smaller one than before changes nothing.</param>
    public void Settle(long revision)
    {
        lock (_writing)
        {
            if (revision <= _settled)
            {
                return;
            }
            Volatile.Write(ref _settled, revision);
            // now and then, so that it costs each change little however often it is called
            if (_unsettled.Count < 1024 || _unsettled.Count < _unsettledAfterTrim * 2)
            {
                return;
            }
            foreach (var (pair, change) in _unsettled)
            {
                if (change <= revision)
                {
                    _unsettled.Remove(pair);
                }
            }
            _unsettled.TrimExcess();
            _unsettledAfterTrim = _unsettled.Count;
        }
    }

    /// <summary>
    /// Merges what changed into the flat arrays, everywhere. <see cref="Apply"/> does so by itself where it pays; this is for
    /// a quiet hour, and frees the last of the overlay.
    /// </summary>
    public void Compact()
    {
        lock (_writing)
        {
            var before = _current;
            var blocks = before.Blocks.ToArray();
            for (var block = 0; block < blocks.Length; block++)
            {
                blocks[block] = blocks[block].Compact();
            }
            Volatile.Write(
                ref _current,
                before.With(blocks, before.Totals, before.Members, before.Revision)
            );
        }
    }

    /// <summary>Writes all of it; meanwhile changes may be applied, which it does not hold.</summary>
    /// <param name="snapshot">Where to.</param>
    /// <param name="origin">Which store it is of, in words of the caller's.</param>
    public void Save(Stream snapshot, string origin)
    {
        GraphView view;
        long settled;
        KeyValuePair<long, long>[] unsettled;
        AppliedChange[] latest;
        lock (_writing)
        {
            view = _current;
            settled = _settled;
            unsettled = [.. _unsettled.Where(pair => pair.Value > settled)];
            latest = [.. _latest];
        }
        GraphSnapshot.Write(snapshot, origin, view, settled, unsettled, latest);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. What changed since <see cref="Settled"/> is to be applied next.</summary>
    /// <param name="snapshot">Where from.</param>
    /// <param name="origin">Which store it has to be of.</param>
    /// <exception cref="InvalidDataException">It is damaged, cut short, of another version or of another store.</exception>
    public static GraphIndex Load(Stream snapshot, string origin) =>
        GraphSnapshot.Read(snapshot, origin);

    internal static int CountBlocks(int members) =>
        (int)(((uint)members + GraphBlock.Size - 1) >> GraphBlock.Bits);

    internal static long PairKey(int one, int other) =>
        one < other ? ((long)one << 32) | (uint)other : ((long)other << 32) | (uint)one;

    internal static void RequirePair(string low, string high)
    {
        if (!MemberNames.CanBeName(low) || !MemberNames.CanBeName(high))
        {
            throw new ArgumentException("A member's id has 1 to 64 characters.");
        }
        if (string.Equals(low, high, StringComparison.Ordinal))
        {
            throw new ArgumentException("A pair is two different members.");
        }
    }

    private void Remember(in EdgeChange change)
    {
        if (_latest.Count == LatestKept)
        {
            _latest.Dequeue();
        }
        _latest.Enqueue(new AppliedChange(change.Low, change.High, change.Revision));
    }

    /// <returns>Whether it is news of its pair.</returns>
    private bool Decide(in EdgeChange change)
    {
        int low = _names.GetOrAdd(change.Low),
            high = _names.GetOrAdd(change.High);
        ref var latest = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _unsettled,
            PairKey(low, high),
            out var known
        );
        if (known && change.Revision <= latest)
        {
            return false;
        }
        latest = change.Revision;
        var day = change.Connected ? GraphDays.Of(change.TimeMs) : default;
        _batch.Add(new HalfEdge(low, high, _batch.Count, change.Connected, day));
        _batch.Add(new HalfEdge(high, low, _batch.Count, change.Connected, day));
        return true;
    }

    private GraphBlock[] Merge(
        ReadOnlySpan<GraphBlock> before,
        ReadOnlySpan<HalfEdge> changes,
        ref GraphTotals totals
    )
    {
        var blocks = new GraphBlock[CountBlocks(_names.Count)];
        before.CopyTo(blocks);
        blocks.AsSpan(before.Length).Fill(GraphBlock.Empty);
        while (!changes.IsEmpty)
        {
            var block = changes[0].Member >> GraphBlock.Bits;
            var count = 1;
            while (count < changes.Length && changes[count].Member >> GraphBlock.Bits == block)
            {
                count++;
            }
            blocks[block] = blocks[block].With(changes[..count], ref totals);
            changes = changes[count..];
        }
        return blocks;
    }
}
