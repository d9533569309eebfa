using System.Buffers.Binary;
using System.Text;

namespace Platform.Connections.Network.Graph;

/// <summary>
/// The members two connections away from one, at one moment. Lists them in two orders, piece by piece. Safe to use from
/// several threads; keep it to have the next page from the same moment.
/// </summary>
public sealed class SecondDegree
{
    private readonly GraphView _graph;
    private readonly SecondDegreeMember[] _members;
    private readonly Lazy<SecondDegreeMember[]> _byMember;

    internal SecondDegree(GraphView graph, SecondDegreeMember[] members)
    {
        _graph = graph;
        _members = members;
        _byMember = new Lazy<SecondDegreeMember[]>(SortByMember);
    }

    /// <summary>How many there are.</summary>
    public int Count => _members.Length;

    /// <summary>All of them, in no order.</summary>
    public ReadOnlySpan<SecondDegreeMember> Members => _members;

    /// <summary>Those with the most mutual connections first; of equals, by member id, byte by byte.</summary>
    /// <param name="after">The last member of the page before; null for the first page.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    public IReadOnlyList<SecondDegreeMember> ListByMutualCount(
        SecondDegreePosition? after,
        int limit
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ReadOnlySpan<byte> afterName = after is null ? [] : Encoding.UTF8.GetBytes(after.MemberId);
        var most = after?.MutualCount ?? int.MaxValue;
        // the worst of those found so far on top, to be replaced by what is better
        var best = new PriorityQueue<SecondDegreeMember, SecondDegreeMember>(
            Comparer<SecondDegreeMember>.Create((one, other) => Compare(other, one))
        );
        var least = 0;
        foreach (var member in _members)
        {
            if (
                member.MutualCount > most
                || member.MutualCount < least
                || (
                    member.MutualCount == most
                    && _graph.NameBytes(member.Id).SequenceCompareTo(afterName) <= 0
                )
            )
            {
                continue;
            }
            if (best.Count < limit)
            {
                best.Enqueue(member, member);
            }
            else
            {
                best.EnqueueDequeue(member, member);
            }
            least = best.Count < limit ? 0 : best.Peek().MutualCount;
        }
        var page = new SecondDegreeMember[best.Count];
        for (var index = page.Length - 1; index >= 0; index--)
        {
            page[index] = best.Dequeue();
        }
        return page;
    }

    /// <summary>By member id, byte by byte.</summary>
    /// <param name="after">The last member of the piece before; null for the first.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    public ReadOnlyMemory<SecondDegreeMember> ListByMember(string? after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var sorted = _byMember.Value;
        var start = 0;
        if (after is not null)
        {
            var name = Encoding.UTF8.GetBytes(after);
            var end = sorted.Length;
            while (start < end)
            {
                var middle = start + (end - start) / 2;
                if (_graph.NameBytes(sorted[middle].Id).SequenceCompareTo(name) <= 0)
                {
                    start = middle + 1;
                }
                else
                {
                    end = middle;
                }
            }
        }
        return sorted.AsMemory(start, Math.Min(limit, sorted.Length - start));
    }

    private int Compare(SecondDegreeMember one, SecondDegreeMember other) =>
        one.MutualCount != other.MutualCount
            ? other.MutualCount.CompareTo(one.MutualCount)
            : _graph.CompareNames(one.Id, other.Id);

    // By the eight bytes behind what all names begin with alike, as numbers; names that are alike there too are compared.
    private SecondDegreeMember[] SortByMember()
    {
        SecondDegreeMember[] sorted = [.. _members];
        if (sorted.Length == 0)
        {
            return sorted;
        }
        var common = _graph.NameBytes(sorted[0].Id);
        foreach (var member in sorted)
        {
            common = common[..common.CommonPrefixLength(_graph.NameBytes(member.Id))];
        }
        var keys = new ulong[sorted.Length];
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        for (var index = 0; index < sorted.Length; index++)
        {
            var name = _graph.NameBytes(sorted[index].Id)[common.Length..];
            key.Clear();
            name[..Math.Min(name.Length, key.Length)].CopyTo(key);
            keys[index] = BinaryPrimitives.ReadUInt64BigEndian(key);
        }
        Array.Sort(keys, sorted);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && keys[end] == keys[start]; end++) { }
            if (end - start > 1)
            {
                sorted
                    .AsSpan(start, end - start)
                    .Sort((one, other) => _graph.CompareNames(one.Id, other.Id));
            }
        }
        return sorted;
    }
}
