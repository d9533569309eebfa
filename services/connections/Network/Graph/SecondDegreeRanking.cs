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
        var queue = new PriorityQueue<int, (uint Score, int Id)>(
            Score(graph, from, weightOf, ages, today, pool),
            Comparer<(uint Score, int Id)>.Create(
                (one, other) =>
                    one.Score != other.Score
                        ? other.Score.CompareTo(one.Score)
                        : graph.CompareNames(one.Id, other.Id)
            )
        );
        return Take(queue);
    }

    private static IEnumerable<RankedMember> Take(PriorityQueue<int, (uint Score, int Id)> queue)
    {
        while (queue.TryDequeue(out var id, out var priority))
        {
            yield return new RankedMember(id, (double)priority.Score / (WeightUnit * AgeUnit));
        }
    }

    private static List<(int Id, (uint Score, int Id) Priority)> Score(
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
        var scores = scratch.Scores(graph.Members);
        foreach (var connection in near)
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
                var sum = score + weight * ages[age];
                score = sum < score ? uint.MaxValue : sum;
            }
        }
        scores[from] = 0;
        foreach (var connection in near)
        {
            scores[connection] = 0;
        }
        var found = new List<(int Id, (uint Score, int Id) Priority)>();
        for (var member = 0; member < scores.Length; member++)
        {
            if (scores[member] is > 0 and var score)
            {
                found.Add((member, (score, member)));
                scores[member] = 0;
            }
        }
        pool.Return(scratch);
        return found;
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
