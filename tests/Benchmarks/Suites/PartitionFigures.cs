using Platform.Benchmarks.Harness;
using Platform.Connections.Network.Graph;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// What a graph that is too large for one machine would cost, counted on one that is not: members' lists in partitions by
/// their ids, several copies of each partition on different machines, and a second-degree query that asks machines for the
/// merged lists of the connections whose partitions they hold. Which machines: one copy of each partition at random, or by
/// greedy set cover, as published for the largest professional network (Wang, Conrad, Shah: HotCloud 2013). Fewer machines
/// merge more lists each, so fewer doubles travel.
/// </summary>
public static class PartitionFigures
{
    private const int Partitions = 64;
    private const int Machines = 16;
    private const int Copies = 3;
    private const int Asked = 300;

    /// <summary>Simulates.</summary>
    public static IReadOnlyList<Finding> Simulate(GraphView graph, int seed)
    {
        var random = new Random(seed);
        // machines of each partition, as evenly as can be
        var holders = Enumerable
            .Range(0, Partitions)
            .Select(partition =>
            {
                var machines = Enumerable.Range(0, Machines).ToArray();
                random.Shuffle(machines);
                return machines[..Copies];
            })
            .ToArray();
        // members with enough connections for the choice to matter
        var candidates = Enumerable
            .Range(0, graph.Members)
            .Where(member => graph.DegreeOf(member) is >= 10 and <= 3_000)
            .ToArray();
        if (candidates.Length == 0)
        {
            return [];
        }
        double machinesAtRandom = 0,
            machinesByCover = 0,
            idsAtRandom = 0,
            idsByCover = 0,
            distinct = 0;
        for (var query = 0; query < Asked; query++)
        {
            var from = candidates[random.Next(candidates.Length)];
            var connections = graph.ConnectionsOf(from).ToArray();
            var needed = connections.Select(PartitionOf).ToHashSet();
            var atRandom = needed.ToDictionary(
                partition => partition,
                partition => holders[partition][random.Next(Copies)]
            );
            var byCover = Cover(needed, holders);
            machinesAtRandom += atRandom.Values.Distinct().Count();
            machinesByCover += byCover.Values.Distinct().Count();
            idsAtRandom += CountIds(graph, connections, atRandom);
            idsByCover += CountIds(graph, connections, byCover);
            distinct += graph.CountSecondDegree(from);
        }
        return
        [
            new Finding(
                $"machines a second-degree query asks, of {Machines} with {Partitions} partitions {Copies} times: set cover",
                machinesByCover / Asked,
                "machines",
                machinesAtRandom / Asked,
                "a random copy of each partition"
            ),
            new Finding(
                "ids they send for it: set cover",
                idsByCover / Asked,
                "ids",
                idsAtRandom / Asked,
                "a random copy of each partition"
            ),
            new Finding(
                "ids one machine with all lists would send",
                distinct / Asked,
                "ids",
                idsAtRandom / Asked,
                "a random copy of each partition"
            ),
        ];
    }

    private static int PartitionOf(int member) => (int)((uint)member * 2654435761u >> 26);

    private static Dictionary<int, int> Cover(HashSet<int> needed, int[][] holders)
    {
        var chosen = new Dictionary<int, int>();
        while (chosen.Count < needed.Count)
        {
            var left = needed.Where(partition => !chosen.ContainsKey(partition)).ToList();
            var machine = Enumerable
                .Range(0, Machines)
                .MaxBy(machine => left.Count(partition => holders[partition].Contains(machine)));
            foreach (var partition in left.Where(partition => holders[partition].Contains(machine)))
            {
                chosen[partition] = machine;
            }
        }
        return chosen;
    }

    // each machine sends what is in any of its lists once
    private static long CountIds(GraphView graph, int[] connections, Dictionary<int, int> machineOf)
    {
        long ids = 0;
        foreach (var lists in connections.GroupBy(member => machineOf[PartitionOf(member)]))
        {
            var merged = new HashSet<int>();
            foreach (var member in lists)
            {
                foreach (var other in graph.ConnectionsOf(member))
                {
                    merged.Add(other);
                }
            }
            ids += merged.Count;
        }
        return ids;
    }
}
