using System.Globalization;
using Platform.Benchmarks.Harness;

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
        var growth = new List<Finding>();
        foreach (var size in sizes)
        {
            var scale = RMat.ScaleFor(size);
            var graph = RMat.Generate(scale, size, seed);
            var measured = GraphFigures.Measure(
                [.. graph.Select(pair => (Name(pair.One), Name(pair.Other)))],
                seed
            );
            Add($"R-MAT of {size:N0} connections, 2^{scale} members", measured.Findings);
            growth.Add(
                Growth($"one degree at {size:N0}", measured.DegreeMicroseconds, growth, size, sizes)
            );
            if (size == sizes[^1])
            {
                Add("partitions", PartitionFigures.Simulate(measured.Graph, seed));
            }
        }
        Add("growth of a degree query", growth);
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

    // as many times as the logarithm of the number of connections grew
    private static Finding Growth(
        string name,
        double measured,
        IReadOnlyList<Finding> smaller,
        int size,
        IReadOnlyList<int> sizes
    )
    {
        if (smaller.Count == 0)
        {
            return new Finding(name, measured, "us");
        }
        var first = smaller[0].Measured;
        var most = Math.Log(size) / Math.Log(sizes[0]);
        return new Finding(
            name,
            measured,
            "us",
            first,
            $"the same at {sizes[0]:N0}",
            string.Create(CultureInfo.InvariantCulture, $"grows {most:0.00} times at most"),
            measured / first <= most
        );
    }

    private static (string, string)[] ReadEdges(FileInfo edges) =>
        [.. EdgeFile.Read(edges).Where(pair => pair.A != pair.B)];
}
