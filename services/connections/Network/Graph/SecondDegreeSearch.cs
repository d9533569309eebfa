using System.Buffers;
using System.Numerics;

namespace Platform.Connections.Network.Graph;

/// <summary>Connections of connections: who they are, and through how many.</summary>
internal static class SecondDegreeSearch
{
    // a list so many times longer than the other is searched rather than walked through
    private const int Lopsided = 32;

    // Where the lists of all connections together are shorter than a part of what is kept for all members, walking through them
    // a second time finds what the first left sooner than looking through all members.
    private const int Sparse = 8;

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
        foreach (var connection in new ListsOf(graph, near))
        {
            if (through is null || through(connection))
            {
                Scratch.Mark(marks, graph.ConnectionsOf(connection));
            }
        }
        Scratch.Unmark(marks, near);
        Scratch.Unmark(marks, [from]);
        var count = 0;
        if (graph.CountLines(near) < marks.Length / Sparse)
        {
            foreach (var connection in near)
            {
                count += Scratch.TakeMarked(marks, graph.ConnectionsOf(connection));
            }
        }
        else
        {
            foreach (var word in marks)
            {
                count += BitOperations.PopCount(word);
            }
            marks.Clear();
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
        // nobody has more mutual connections than there are connections
        var found = graph.DegreeOf(from) switch
        {
            0 => new Found([], 0),
            <= byte.MaxValue => Find<byte>(graph, from, through, pool),
            <= ushort.MaxValue => Find<ushort>(graph, from, through, pool),
            _ => Find<int>(graph, from, through, pool),
        };
        return new SecondDegree(graph, found.Members, found.Keep(minMutualCount, include));
    }

    private static Found Find<TCounter>(
        GraphView graph,
        int from,
        Predicate<int>? through,
        ScratchPool pool
    )
        where TCounter : unmanaged, IBinaryInteger<TCounter>
    {
        var near = graph.ConnectionsOf(from);
        var scratch = pool.Rent();
        var counters = scratch.Counters<TCounter>(graph.Members);
        foreach (var connection in new ListsOf(graph, near))
        {
            if (through is null || through(connection))
            {
                Scratch.CountUp(counters, graph.ConnectionsOf(connection));
            }
        }
        counters[from] = TCounter.Zero;
        foreach (var connection in near)
        {
            counters[connection] = TCounter.Zero;
        }
        var lines = graph.CountLines(near);
        var found =
            lines < counters.Length / Sparse
                ? TakeListed(graph, near, (int)lines, counters)
                : TakeAll(counters);
        pool.Return(scratch);
        return found;
    }

    private static Found TakeListed<TCounter>(
        GraphView graph,
        ReadOnlySpan<int> near,
        int lines,
        Span<TCounter> counters
    )
        where TCounter : unmanaged, IBinaryInteger<TCounter>
    {
        var members = ArrayPool<SecondDegreeMember>.Shared.Rent(lines);
        var count = 0;
        foreach (var connection in near)
        {
            foreach (var member in graph.ConnectionsOf(connection))
            {
                // the second time it comes up it is zero already
                ref var counter = ref counters[member];
                if (counter != TCounter.Zero)
                {
                    members[count++] = new SecondDegreeMember(
                        member,
                        int.CreateTruncating(counter)
                    );
                    counter = TCounter.Zero;
                }
            }
        }
        return new Found(members, count);
    }

    private static Found TakeAll<TCounter>(Span<TCounter> counters)
        where TCounter : unmanaged, IBinaryInteger<TCounter>
    {
        // one more, to be written and not counted
        var members = ArrayPool<SecondDegreeMember>.Shared.Rent(
            counters.Length - counters.Count(TCounter.Zero) + 1
        );
        var count = 0;
        for (var member = 0; member < counters.Length; member++)
        {
            // without a branch, which the processor could not foresee
            var counter = counters[member];
            members[count] = new SecondDegreeMember(member, int.CreateTruncating(counter));
            count += counter == TCounter.Zero ? 0 : 1;
        }
        counters.Clear();
        return new Found(members, count);
    }

    /// <param name="Members">From the pool, which never gives out one of no length.</param>
    /// <param name="Count">How many of them it is.</param>
    private readonly record struct Found(SecondDegreeMember[] Members, int Count)
    {
        /// <summary>Moves those wanted to the front.</summary>
        /// <returns>How many they are.</returns>
        public int Keep(int minMutualCount, Predicate<int>? include)
        {
            if (minMutualCount <= 1 && include is null)
            {
                return Count;
            }
            var kept = 0;
            foreach (var member in Members.AsSpan(0, Count))
            {
                if (member.MutualCount >= minMutualCount && (include is null || include(member.Id)))
                {
                    Members[kept++] = member;
                }
            }
            return kept;
        }
    }
}
