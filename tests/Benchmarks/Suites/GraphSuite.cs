using System.Globalization;
using Platform.Benchmarks.Harness;
using Platform.Testing.Graphs;

namespace Platform.Benchmarks.Suites;

/// <summary>The graph index by itself: how near to what the machine can do, and how it grows.</summary>
public static class GraphSuite
{
    /// <summary>Runs the suite; the exit code is 1 when an answer is wrong or less than asked was reached.</summary>
    /// <param name="sizes">Numbers of connections of the generated graphs.</param>
    /// <param name="edges">A graph to measure besides; null for none.</param>
    /// <param name="postgres">A PostgreSQL to measure beside; null for none.</param>
    /// <param name="seed">Of all that is generated.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<int> sizes,
        FileInfo? edges,
        string? postgres,
        int seed
    )
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"R-MAT {RMat.Parameters}, seed {seed}; {Environment.ProcessorCount} processors. Times are processor time unless said otherwise."
            )
        );
        var findings = new List<Finding>();
        Add("lists and neighbourhoods", ListFigures.Measure(seed));
        Add(
            "friends of friends: 100,000 members with 500 random connections each",
            await FriendsOfFriendsFigures.MeasureAsync(seed, postgres)
        );
        if (edges is not null)
        {
            Add(edges.Name, GraphFigures.Measure(ReadEdges(edges), seed).Findings);
        }
        var graphs = new List<(int, GraphFigures)>();
        // not shown: it has the compiler settle on what larger graphs need, so that the first of them has no disadvantage
        _ = Generated(sizes[0], seed);
        foreach (var size in sizes)
        {
            var scale = RMat.ScaleFor(size);
            var measured = Generated(size, seed);
            Add($"R-MAT of {size:N0} connections, 2^{scale} members", measured.Findings);
            graphs.Add((size, measured));
            if (size == sizes[^1])
            {
                Add("partitions", PartitionFigures.Simulate(measured.Graph, seed));
            }
        }
        Add("growth of a degree query", [.. Growth(graphs)]);
        return findings.Any(finding => finding.Met == false) ? 1 : 0;

        void Add(string title, IReadOnlyList<Finding> more)
        {
            Finding.Print(title, more);
            findings.AddRange(more);
        }
    }

    /// <summary>A member's id of the usual length.</summary>
    public static string Name(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"m{number:000000000}");

    private static GraphFigures Generated(int size, int seed)
    {
        var scale = RMat.ScaleFor(size);
        var names = Enumerable.Range(0, 1 << scale).Select(Name).ToArray();
        return GraphFigures.Measure(
            Array.ConvertAll(
                RMat.Generate(scale, size, seed),
                pair => (names[pair.One], names[pair.Other])
            ),
            seed
        );
    }

    // A larger graph lies further away from the processor, whatever is done with it. The second line of each shows what is left
    // of the growth when the smaller ones have no advantage of the cache.
    private static IEnumerable<Finding> Growth(IReadOnlyList<(int Size, GraphFigures Of)> graphs)
    {
        var (smallest, first) = graphs[0];
        foreach (var (size, measured) in graphs)
        {
            var most = Math.Log(size) / Math.Log(smallest);
            yield return new Finding(
                string.Create(CultureInfo.InvariantCulture, $"one degree at {size:N0} connections"),
                measured.Degree,
                "us",
                first.Degree,
                "with the fewest connections",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"at most {most:0.00} times, as the logarithm does"
                ),
                measured.Degree <= first.Degree * most
            );
            yield return new Finding(
                "with the cache full of other things",
                measured.ColdDegree,
                "us",
                measured.ColdLimit,
                "fetching the beginnings of the two lists"
            );
        }
    }

    private static (string, string)[] ReadEdges(FileInfo edges) =>
        [.. EdgeFile.Read(edges).Where(pair => pair.A != pair.B)];
}
