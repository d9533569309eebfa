namespace Platform.Connections.Network.Graph;

/// <summary>How two members are connected.</summary>
internal static class PathSearch
{
    public static IEnumerable<IReadOnlyList<int>> Shortest(
        GraphView graph,
        int from,
        int to,
        Predicate<int>? through
    ) =>
        graph.Distance(from, to) switch
        {
            1 => [new[] { from, to }],
            2 => OfTwo(graph, from, to, through),
            3 => OfThree(graph, from, to, through),
            _ => [],
        };

    private static IEnumerable<IReadOnlyList<int>> OfTwo(
        GraphView graph,
        int from,
        int to,
        Predicate<int>? through
    )
    {
        var mutual = new List<int>();
        graph.Mutual(from, to, mutual);
        foreach (var connection in mutual)
        {
            if (through is null || through(connection))
            {
                yield return [from, connection, to];
            }
        }
    }

    private static IEnumerable<IReadOnlyList<int>> OfThree(
        GraphView graph,
        int from,
        int to,
        Predicate<int>? through
    )
    {
        var firsts = new List<int>();
        for (var index = 0; index < graph.DegreeOf(to); index++)
        {
            var second = graph.ConnectionsOf(to)[index];
            firsts.Clear();
            graph.Mutual(from, second, firsts);
            if (firsts.Count == 0 || !(through is null || through(second)))
            {
                continue;
            }
            foreach (var first in firsts)
            {
                if (through is null || through(first))
                {
                    yield return [from, first, second, to];
                }
            }
        }
    }
}
