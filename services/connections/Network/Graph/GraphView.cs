using System.Text;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// Who is connected to whom at one revision. Immutable: take it once and answer a whole request from it, on any thread,
/// without locks. Members have dense ids that hold for the life of the process; no connections and the id -1, which stands
/// for an unknown member, look alike everywhere.
/// </summary>
public sealed class GraphView
{
    private readonly GraphBlock[] _blocks;
    private readonly MemberNames _names;
    private readonly ScratchPool _scratch;
    private readonly GraphTotals _totals;

    internal GraphView(
        GraphBlock[] blocks,
        MemberNames names,
        ScratchPool scratch,
        GraphTotals totals,
        int members,
        long revision
    )
    {
        _blocks = blocks;
        _names = names;
        _scratch = scratch;
        _totals = totals;
        Members = members;
        Revision = revision;
    }

    /// <summary>The revision this stands for.</summary>
    public long Revision { get; }

    /// <summary>How many dense ids there are: 0 to one less. Not all of these members have connections still.</summary>
    public int Members { get; }

    /// <summary>How many members have any connection.</summary>
    public int ConnectedMembers => _totals.ConnectedMembers;

    /// <summary>How many connections there are.</summary>
    public long Edges => _totals.HalfEdges / 2;

    internal GraphTotals Totals => _totals;

    internal ReadOnlySpan<GraphBlock> Blocks => _blocks;

    /// <summary>The dense id of a member; -1 for one that this view does not know.</summary>
    public int Find(string memberId) => _names.Find(memberId, Members);

    /// <summary><see cref="Find"/> of many at once, which costs far less than one by one.</summary>
    /// <param name="memberIds">The members' ids.</param>
    /// <param name="ids">Where to, in the order of <paramref name="memberIds"/>.</param>
    public void FindAll(IReadOnlyList<string> memberIds, Span<int> ids)
    {
        ArgumentNullException.ThrowIfNull(memberIds);
        ArgumentOutOfRangeException.ThrowIfLessThan(ids.Length, memberIds.Count);
        _names.FindAll(memberIds, Members, ids);
    }

    /// <summary>The member with a dense id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string NameOf(int id) => Encoding.UTF8.GetString(NameBytes(id));

    /// <summary>Orders two dense ids as their members' ids are ordered, byte by byte: alike on every replica.</summary>
    public int CompareNames(int one, int other) =>
        NameBytes(one).SequenceCompareTo(NameBytes(other));

    /// <summary>The connections of a member: dense ids, ascending.</summary>
    public ReadOnlySpan<int> ConnectionsOf(int id) =>
        (uint)id < (uint)Members ? _blocks[id >> GraphBlock.Bits].Others(id) : [];

    /// <summary>Since when, for each of <see cref="ConnectionsOf"/>, in days as <see cref="GraphDays"/> counts them.</summary>
    public ReadOnlySpan<ushort> ConnectedDaysOf(int id) =>
        (uint)id < (uint)Members ? _blocks[id >> GraphBlock.Bits].Days(id) : [];

    /// <summary>How many connections a member has.</summary>
    public int DegreeOf(int id) => ConnectionsOf(id).Length;

    /// <summary>
    /// How far two members are apart: 0 for the same, 1 to 3, or 4 for out of network. A member without any connection may
    /// have no dense id, so whoever asks about itself is to be told apart before.
    /// </summary>
    public int Distance(int from, int to) => DistanceSearch.Between(this, from, to, _scratch);

    /// <summary><see cref="Distance"/> to many at once, which costs far less than one by one.</summary>
    /// <param name="from">From whom.</param>
    /// <param name="to">To whom; doubles are answered twice.</param>
    /// <param name="distances">Where to, in the order of <paramref name="to"/>.</param>
    public void Distances(int from, ReadOnlySpan<int> to, Span<byte> distances)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(distances.Length, to.Length);
        DistanceSearch.ToAll(this, from, to, distances, _scratch);
    }

    /// <summary>How many connections two members share; of a member with itself, all.</summary>
    public int CountMutual(int one, int other) =>
        SortedIntersection.Count(ConnectionsOf(one), ConnectionsOf(other));

    /// <summary>Appends the connections that two members share, ascending.</summary>
    /// <param name="one">A member.</param>
    /// <param name="other">Another.</param>
    /// <param name="into">Where to.</param>
    /// <param name="limit">How many at most.</param>
    public void Mutual(int one, int other, List<int> into, int limit = int.MaxValue) =>
        SortedIntersection.Into(ConnectionsOf(one), ConnectionsOf(other), into, limit);

    /// <summary><see cref="CountMutual"/> with many at once.</summary>
    /// <param name="from">A member.</param>
    /// <param name="to">The others; doubles are answered twice.</param>
    /// <param name="counts">Where to, in the order of <paramref name="to"/>.</param>
    public void CountMutuals(int from, ReadOnlySpan<int> to, Span<int> counts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counts.Length, to.Length);
        SecondDegreeSearch.CountMutuals(this, from, to, counts, _scratch);
    }

    /// <summary>How many members are two away; cheaper than <see cref="FindSecondDegree"/>.</summary>
    /// <param name="from">Whose network.</param>
    /// <param name="through">Which connections count as ways; all by default. Asked once for each.</param>
    public int CountSecondDegree(int from, Predicate<int>? through = null) =>
        SecondDegreeSearch.Count(this, from, through, _scratch);

    /// <summary>The distinct members who are two away, with the number of ways there.</summary>
    /// <param name="from">Whose network.</param>
    /// <param name="through">Which connections count as ways; all by default. Asked once for each.</param>
    /// <param name="include">Which members to list; all by default. Asked once for each.</param>
    /// <param name="minMutualCount">Only members with at least so many ways.</param>
    public SecondDegree FindSecondDegree(
        int from,
        Predicate<int>? through = null,
        Predicate<int>? include = null,
        int minMutualCount = 1
    ) => SecondDegreeSearch.Find(this, from, through, include, minMutualCount, _scratch);

    /// <summary>
    /// The members who are two away, the best first, found as they are asked for. The score of one is the sum, over the ways
    /// there, of the weight of the connection times that of the age of its connection with them. It is the same whatever the
    /// order of addition, on every replica.
    /// </summary>
    /// <param name="from">For whom.</param>
    /// <param name="weightOf">The weight of a connection, from 0, which is no way, to 2. Asked once for each.</param>
    /// <param name="weightOfAge">The weight of an age in days, from 0 to 2; its last holds for all greater ages.</param>
    /// <param name="today">The day ages are counted from.</param>
    public IEnumerable<RankedMember> RankSecondDegree(
        int from,
        Func<int, double> weightOf,
        IReadOnlyList<double> weightOfAge,
        ushort today
    ) => SecondDegreeRanking.Rank(this, from, weightOf, weightOfAge, today, _scratch);

    /// <summary>
    /// The shortest paths between two members, from the one to the other, both included: of one connection, two or three; none
    /// when they are further apart. Found as they are asked for, in an order that holds for this view.
    /// </summary>
    /// <param name="from">From whom.</param>
    /// <param name="to">To whom.</param>
    /// <param name="through">Which members may be between the two; all by default. May be asked repeatedly for one.</param>
    public IEnumerable<IReadOnlyList<int>> ShortestPaths(
        int from,
        int to,
        Predicate<int>? through = null
    ) => PathSearch.Shortest(this, from, to, through);

    /// <summary>How long the lists of some members are together.</summary>
    internal long CountLines(ReadOnlySpan<int> members)
    {
        long count = 0;
        foreach (var member in members)
        {
            count += DegreeOf(member);
        }
        return count;
    }

    /// <summary>Reads the beginning of a list, for nothing but to have it in the processor's cache.</summary>
    internal void Touch(int id)
    {
        var list = ConnectionsOf(id);
        if (!list.IsEmpty)
        {
            // a plain read whose value nobody uses would be left out
            _ = Volatile.Read(in list[0]);
        }
    }

    internal ReadOnlySpan<byte> NameBytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Members);
        return _names.Bytes(id);
    }

    /// <summary>This, with other lists, or for another revision.</summary>
    internal GraphView With(GraphBlock[] blocks, GraphTotals totals, int members, long revision) =>
        new(blocks, _names, _scratch, totals, members, revision);
}
