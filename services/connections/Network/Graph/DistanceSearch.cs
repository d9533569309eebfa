namespace Platform.Connections.Network.Graph;

/// <summary>How far members are apart, up to three connections.</summary>
internal static class DistanceSearch
{
    private const int OutOfNetwork = 4;

    // a list so many times longer than the other is searched rather than walked through
    private const int Lopsided = 32;

    public static int Between(GraphView graph, int from, int to, ScratchPool pool)
    {
        var near = graph.ConnectionsOf(from);
        var far = graph.ConnectionsOf(to);
        if (from == to)
        {
            return (uint)from < (uint)graph.Members ? 0 : OutOfNetwork;
        }
        if (near.IsEmpty || far.IsEmpty)
        {
            return OutOfNetwork;
        }
        if (near.Length < far.Length ? near.BinarySearch(to) >= 0 : far.BinarySearch(from) >= 0)
        {
            return 1;
        }
        if (SortedIntersection.Any(near, far))
        {
            return 2;
        }
        // any connection between the two lists: those of the one in whose connections' lists there is less to look at
        return CountHalfEdges(graph, near) <= CountHalfEdges(graph, far)
            ? AnyAcross(graph, near, far, pool)
            : AnyAcross(graph, far, near, pool);
    }

    public static void ToAll(
        GraphView graph,
        int from,
        ReadOnlySpan<int> to,
        Span<byte> distances,
        ScratchPool pool
    )
    {
        var near = graph.ConnectionsOf(from);
        var scratch = pool.Rent();
        var first = scratch.Near(graph.Members);
        Scratch.Mark(first, near);
        // Marking the second degree once makes the third cheap, whoever it is asked for. But with the thousands of connections
        // of a hub that costs more than going from each of those asked about until one meets them, which is soon.
        var marking = CountHalfEdges(graph, near);
        var meeting = (long)to.Length * graph.Members / Math.Max(1, near.Length);
        if (marking <= meeting)
        {
            ByMarking(
                graph,
                from,
                near,
                to,
                distances,
                first,
                scratch.Marks(graph.Members),
                marking
            );
        }
        else
        {
            ByMeeting(graph, from, to, distances, first);
        }
        Scratch.Unmark(first, near);
        pool.Return(scratch);
    }

    private static void ByMarking(
        GraphView graph,
        int from,
        ReadOnlySpan<int> near,
        ReadOnlySpan<int> to,
        Span<byte> distances,
        ReadOnlySpan<ulong> first,
        Span<ulong> second,
        long marking
    )
    {
        foreach (var connection in near)
        {
            Scratch.Mark(second, graph.ConnectionsOf(connection));
        }
        for (var index = 0; index < to.Length; index++)
        {
            var target = to[index];
            distances[index] = target switch
            {
                _ when (uint)target >= (uint)graph.Members => OutOfNetwork,
                _ when target == from => 0,
                _ when Scratch.IsMarked(first, target) => 1,
                _ when Scratch.IsMarked(second, target) => 2,
                _ when Scratch.AnyMarked(second, graph.ConnectionsOf(target)) => 3,
                _ => OutOfNetwork,
            };
        }
        if (marking > second.Length)
        {
            second.Clear();
            return;
        }
        foreach (var connection in near)
        {
            Scratch.Unmark(second, graph.ConnectionsOf(connection));
        }
    }

    private static void ByMeeting(
        GraphView graph,
        int from,
        ReadOnlySpan<int> to,
        Span<byte> distances,
        ReadOnlySpan<ulong> first
    )
    {
        for (var index = 0; index < to.Length; index++)
        {
            var target = to[index];
            distances[index] = target switch
            {
                _ when (uint)target >= (uint)graph.Members => OutOfNetwork,
                _ when target == from => 0,
                _ when Scratch.IsMarked(first, target) => 1,
                _ when Scratch.AnyMarked(first, graph.ConnectionsOf(target)) => 2,
                _ when AnyAcrossMarked(graph, graph.ConnectionsOf(target), first) => 3,
                _ => OutOfNetwork,
            };
        }
    }

    private static int AnyAcross(
        GraphView graph,
        ReadOnlySpan<int> walked,
        ReadOnlySpan<int> sought,
        ScratchPool pool
    )
    {
        // members with very many connections first: they are the likeliest to know one, and are searched, not walked through
        foreach (var connection in walked)
        {
            var list = graph.ConnectionsOf(connection);
            if (list.Length / Lopsided >= sought.Length && SortedIntersection.Any(sought, list))
            {
                return 3;
            }
        }
        var scratch = pool.Rent();
        var marks = scratch.Near(graph.Members);
        Scratch.Mark(marks, sought);
        var found = false;
        foreach (var connection in walked)
        {
            var list = graph.ConnectionsOf(connection);
            if (list.Length / Lopsided < sought.Length && Scratch.AnyMarked(marks, list))
            {
                found = true;
                break;
            }
        }
        Scratch.Unmark(marks, sought);
        pool.Return(scratch);
        return found ? 3 : OutOfNetwork;
    }

    private static bool AnyAcrossMarked(
        GraphView graph,
        ReadOnlySpan<int> walked,
        ReadOnlySpan<ulong> marks
    )
    {
        foreach (var connection in walked)
        {
            if (Scratch.AnyMarked(marks, graph.ConnectionsOf(connection)))
            {
                return true;
            }
        }
        return false;
    }

    private static long CountHalfEdges(GraphView graph, ReadOnlySpan<int> members)
    {
        long count = 0;
        foreach (var member in members)
        {
            count += graph.DegreeOf(member);
        }
        return count;
    }
}
