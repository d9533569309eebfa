using System.Numerics;

namespace Platform.Connections.Network.Graph;

/// <summary>Connections of connections: who they are, and through how many.</summary>
internal static class SecondDegreeSearch
{
    // a list so many times longer than the other is searched rather than walked through
    private const int Lopsided = 32;

    public static void CountMutuals(
        GraphView graph,
        int from,
        ReadOnlySpan<int> to,
        Span<int> counts,
        ScratchPool pool
    )
    {
        var near = graph.ConnectionsOf(from);
        var scratch = pool.Rent();
        var marks = scratch.Near(graph.Members);
        Scratch.Mark(marks, near);
        for (var index = 0; index < to.Length; index++)
        {
            var list = graph.ConnectionsOf(to[index]);
            counts[index] =
                list.Length / Lopsided >= near.Length
                    ? SortedIntersection.Count(near, list)
                    : Scratch.CountMarked(marks, list);
        }
        Scratch.Unmark(marks, near);
        pool.Return(scratch);
    }

    public static int Count(GraphView graph, int from, Predicate<int>? through, ScratchPool pool)
    {
        var near = graph.ConnectionsOf(from);
        if (near.IsEmpty)
        {
            return 0;
        }
        var scratch = pool.Rent();
        var marks = scratch.Marks(graph.Members);
        foreach (var connection in near)
        {
            if (through is null || through(connection))
            {
                Scratch.Mark(marks, graph.ConnectionsOf(connection));
            }
        }
        Scratch.Unmark(marks, near);
        Scratch.Unmark(marks, [from]);
        var count = 0;
        foreach (ref var word in marks)
        {
            count += BitOperations.PopCount(word);
            word = 0;
        }
        pool.Return(scratch);
        return count;
    }

    public static SecondDegree Find(
        GraphView graph,
        int from,
        Predicate<int>? through,
        Predicate<int>? include,
        int minMutualCount,
        ScratchPool pool
    )
    {
        var near = graph.ConnectionsOf(from);
        if (near.IsEmpty)
        {
            return new SecondDegree(graph, []);
        }
        var scratch = pool.Rent();
        var counters = scratch.Counters(graph.Members);
        foreach (var connection in near)
        {
            if (through is null || through(connection))
            {
                scratch.CountUp(counters, graph.ConnectionsOf(connection));
            }
        }
        _ = scratch.TakeCount(ref counters[from], from);
        foreach (var connection in near)
        {
            _ = scratch.TakeCount(ref counters[connection], connection);
        }
        var found = new SecondDegreeMember[CountNonZero(counters)];
        var count = 0;
        for (var member = IndexOfNonZero(counters, 0); member >= 0; )
        {
            var mutualCount = scratch.TakeCount(ref counters[member], member);
            if (mutualCount >= minMutualCount && (include is null || include(member)))
            {
                found[count++] = new SecondDegreeMember(member, mutualCount);
            }
            member = IndexOfNonZero(counters, member + 1);
        }
        pool.Return(scratch);
        return new SecondDegree(graph, count == found.Length ? found : found[..count]);
    }

    private static int CountNonZero(ReadOnlySpan<byte> counters) =>
        counters.Length - counters.Count((byte)0);

    private static int IndexOfNonZero(ReadOnlySpan<byte> counters, int start)
    {
        // mostly the next one, or one of a few further on
        for (var index = start; index < counters.Length && index < start + 16; index++)
        {
            if (counters[index] != 0)
            {
                return index;
            }
        }
        start = Math.Min(start + 16, counters.Length);
        var found = counters[start..].IndexOfAnyExcept((byte)0);
        return found < 0 ? -1 : start + found;
    }
}
