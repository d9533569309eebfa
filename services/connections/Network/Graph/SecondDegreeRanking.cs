namespace Platform.Connections.Network.Graph;

/// <summary>Second degree by score, the best first.</summary>
internal static class SecondDegreeRanking
{
    // Scores are whole numbers, so that the order of addition does not matter: thousandths of a weight times 64ths of the
    // weight of an age. The greatest sum holds 16,000 connections of the greatest weights; more than that stays the greatest.
    private const int WeightUnit = 1024;
    private const int AgeUnit = 64;
    private const double MaxWeight = 2;

    public static IEnumerable<RankedMember> Rank(
        GraphView graph,
        int from,
        Func<int, double> weightOf,
        IReadOnlyList<double> weightOfAge,
        ushort today,
        ScratchPool pool
    )
    {
        var ages = new uint[weightOfAge.Count];
        for (var age = 0; age < ages.Length; age++)
        {
            ages[age] = Units(weightOfAge[age], AgeUnit);
        }
        ArgumentOutOfRangeException.ThrowIfZero(ages.Length, nameof(weightOfAge));
        // a heap: those asked for come out sorted, and the many others never are
        return Take(
            graph,
            new PriorityQueue<int, uint>(Score(graph, from, weightOf, ages, today, pool))
        );
    }

    private static IEnumerable<RankedMember> Take(GraphView graph, PriorityQueue<int, uint> queue)
    {
        var equals = new List<int>();
        while (queue.TryDequeue(out var best, out var priority))
        {
            equals.Clear();
            equals.Add(best);
            while (queue.TryPeek(out var next, out var itsPriority) && itsPriority == priority)
            {
                equals.Add(next);
                _ = queue.Dequeue();
            }
            // by what is alike on every replica
            equals.Sort(graph.CompareNames);
            foreach (var member in equals)
            {
                yield return new RankedMember(
                    member,
                    (double)(uint.MaxValue - priority) / (WeightUnit * AgeUnit)
                );
            }
        }
    }

    // with the members the distance of their scores from the greatest one there can be: queues give out the least
    private static List<(int Member, uint Priority)> Score(
        GraphView graph,
        int from,
        Func<int, double> weightOf,
        uint[] ages,
        ushort today,
        ScratchPool pool
    )
    {
        var near = graph.ConnectionsOf(from);
        if (near.IsEmpty)
        {
            return [];
        }
        var scratch = pool.Rent();
        var scores = scratch.Counters<uint>(graph.Members);
        foreach (var connection in new ListsOf(graph, near))
        {
            var weight = Units(weightOf(connection), WeightUnit);
            if (weight == 0)
            {
                continue;
            }
            var others = graph.ConnectionsOf(connection);
            var days = graph.ConnectedDaysOf(connection);
            for (var index = 0; index < others.Length; index++)
            {
                var age = Math.Clamp(today - days[index], 0, ages.Length - 1);
                ref var score = ref scores[others[index]];
                var sum = score + (weight * ages[age]);
                score = sum < score ? uint.MaxValue : sum;
            }
        }
        scores[from] = 0;
        foreach (var connection in near)
        {
            scores[connection] = 0;
        }
        var found = new List<(int Member, uint Priority)>();
        if (graph.CountLines(near) < scores.Length)
        {
            foreach (var connection in near)
            {
                foreach (var member in graph.ConnectionsOf(connection))
                {
                    Take(scores, member, found);
                }
            }
        }
        else
        {
            for (var member = 0; member < scores.Length; member++)
            {
                Take(scores, member, found);
            }
        }
        pool.Return(scratch);
        return found;
    }

    private static void Take(Span<uint> scores, int member, List<(int, uint)> found)
    {
        if (scores[member] is > 0 and var score)
        {
            found.Add((member, uint.MaxValue - score));
            scores[member] = 0;
        }
    }

    private static uint Units(double weight, int unit)
    {
        if (weight is not (>= 0 and <= MaxWeight))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "From 0 to 2.");
        }
        return (uint)Math.Round(weight * unit);
    }
}
