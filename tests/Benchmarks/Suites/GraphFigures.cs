using Platform.Benchmarks.Harness;
using Platform.Connections.Network.Graph;
using Platform.Testing;

namespace Platform.Benchmarks.Suites;

/// <summary>What is measured of one graph.</summary>
/// <param name="Findings">All figures.</param>
/// <param name="Degree">One degree query, in the mean, in microseconds.</param>
/// <param name="ColdDegree">One that finds nothing in the processor's own cache, in the median.</param>
/// <param name="ColdLimit">Fetching the beginnings of the two members' lists, likewise.</param>
/// <param name="Graph">The graph.</param>
public sealed record GraphFigures(
    IReadOnlyList<Finding> Findings,
    double Degree,
    double ColdDegree,
    double ColdLimit,
    GraphView Graph
)
{
    private const int Targets = 1_000;
    private const int Asked = 200;

    /// <summary>Builds the index, saves and loads it, checks its answers and measures them.</summary>
    /// <exception cref="InvalidOperationException">An answer is wrong.</exception>
    public static GraphFigures Measure((string One, string Other)[] pairs, int seed)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "graph");
        var building = Timing.Seconds(() => Build(pairs, file));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        GraphIndex? index = null;
        var loading = Timing.Seconds(() =>
        {
            using var stream = File.OpenRead(file);
            index = GraphIndex.Load(stream, "benchmark");
        });
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var reading = Timing.Seconds(() => Read(file));
        var graph = index!.Current;
        Check(graph, seed);

        var random = new Random(seed);
        var from = random.GetItems(Enumerable.Range(0, graph.Members).ToArray(), Asked);
        var to = random.GetItems(Enumerable.Range(0, graph.Members).ToArray(), Targets * 20);
        // who is at the end of a random connection has many, as those who use such a service do
        var active = random
            .GetItems(pairs, Asked)
            .Select(pair => pair.One)
            .Select(graph.Find)
            .ToArray();
        var (batch, batchLimit) = MeasureBatches(graph, from, to);
        var (activeBatch, activeLimit) = MeasureBatches(graph, active, to);
        var counts = new int[Targets];
        var mutual = Timing.MedianMicroseconds(
            Asked,
            call => graph.CountMutuals(active[call], Slice(to, call), counts)
        );
        var sink = 0L;
        var degree = Timing.MeanMicroseconds(
            to.Length,
            call => sink += graph.Distance(from[call % Asked], to[call])
        );
        var degreeLimit = Timing.MeanMicroseconds(
            to.Length,
            call =>
                sink +=
                    Sums.Plain(graph.ConnectionsOf(from[call % Asked]))
                    + Sums.Plain(graph.ConnectionsOf(to[call]))
        );
        var others = random.GetItems(Enumerable.Range(0, graph.Members).ToArray(), to.Length);
        var (coldDegree, coldLimit) = Timing.MedianColdMicroseconds(
            10_000,
            call => sink += graph.Distance(others[call], to[call]),
            call => sink += First(graph, others[call + 10_000]) + First(graph, to[call + 10_000])
        );
        var second = Timing.MedianMicroseconds(
            Asked,
            call => sink += graph.CountSecondDegree(active[call])
        );
        var ranking = Timing.MedianMicroseconds(
            Asked,
            call =>
                sink += graph
                    .RankSecondDegree(
                        active[call],
                        member => 1 / Math.Log(1 + graph.DegreeOf(member)),
                        [1],
                        0
                    )
                    .Take(20)
                    .Count()
        );
        GC.KeepAlive(sink);
        var halfEdges = graph.Edges * 2;
        var budget = (halfEdges * 12.0) + (graph.Members * 64.0);
        List<Finding> findings =
        [
            new(
                $"memory of {graph.Edges:N0} connections of {graph.ConnectedMembers:N0} members",
                bytes / 1e6,
                "MB",
                budget / 1e6,
                "12 bytes a directed edge and 64 a member",
                "at most that",
                bytes <= budget
            ),
            new(
                "of it a member, beside 6 bytes a directed edge",
                (bytes - (halfEdges * 6.0)) / graph.Members,
                "bytes"
            ),
            new(
                "load from a snapshot",
                graph.Edges / loading / 1e6,
                "M connections/s",
                graph.Edges / reading / 1e6,
                "reading the file",
                "at least 2 M/s",
                graph.Edges / loading >= 2e6
            ),
            new(
                "build from names in any order, and save",
                graph.Edges / building / 1e6,
                "M connections/s"
            ),
            new(
                "degrees of 1,000 targets from a random member",
                batch / 1000,
                "ms",
                batchLimit / 1000,
                "summing the lists of its connections and of the targets",
                "at most 2 ms",
                batch <= 2_000
            ),
            new(
                "the same from the end of a random connection",
                activeBatch / 1000,
                "ms",
                activeLimit / 1000,
                "summing the lists of its connections and of the targets",
                "at most 2 ms",
                activeBatch <= 2_000
            ),
            new("mutual counts of such a member with 1,000 targets", mutual / 1000, "ms"),
            new("how many are in its second degree", second, "us"),
            new("the 20 best of them", ranking, "us"),
            new(
                "one degree, in the mean of 20,000",
                degree,
                "us",
                degreeLimit,
                "summing the lists of the two"
            ),
            .. MeasureChanges(index, from, to),
        ];
        return new GraphFigures(findings, degree, coldDegree, coldLimit, graph);
    }

    private static (double Batch, double Limit) MeasureBatches(
        GraphView graph,
        int[] from,
        int[] to
    )
    {
        var distances = new byte[Targets];
        var sink = 0L;
        var batch = Timing.MedianMicroseconds(
            Asked,
            call => graph.Distances(from[call], Slice(to, call), distances)
        );
        var limit = Timing.MedianMicroseconds(
            Asked,
            call =>
            {
                foreach (var connection in graph.ConnectionsOf(from[call]))
                {
                    sink += Sums.Plain(graph.ConnectionsOf(connection));
                }
                foreach (var target in Slice(to, call))
                {
                    sink += Sums.Plain(graph.ConnectionsOf(target));
                }
            }
        );
        GC.KeepAlive(sink);
        return (batch, limit);
    }

    // last: it changes the index
    private static Finding[] MeasureChanges(GraphIndex index, int[] from, int[] to)
    {
        var graph = index.Current;
        var revision = graph.Revision;
        var names = to.Select(graph.NameOf).ToArray();
        var owners = from.Select(graph.NameOf).ToArray();
        EdgeChange Next(int call) =>
            new(
                owners[call % Asked],
                names[call % names.Length] == owners[call % Asked]
                    ? "somebody"
                    : names[call % names.Length],
                call % 2 == 0,
                0,
                ++revision
            );
        var single = Timing.MedianMicroseconds(2_000, call => index.Apply([Next(call)], revision));
        var many = new EdgeChange[1_000];
        var batch = Timing.MedianMicroseconds(
            50,
            call =>
            {
                for (var change = 0; change < many.Length; change++)
                {
                    many[change] = Next((call * many.Length) + change);
                }
                index.Apply(many, revision);
                index.Settle(revision);
            }
        );
        return
        [
            new Finding("one change, until it is published", single, "us"),
            new Finding("a change of a batch of 1,000", batch / many.Length, "us"),
        ];
    }

    private static int First(GraphView graph, int member) =>
        graph.ConnectionsOf(member) is [var first, ..] ? first : 0;

    private static ReadOnlySpan<int> Slice(int[] to, int call) =>
        to.AsSpan(call % (to.Length / Targets) * Targets, Targets);

    private static void Build((string One, string Other)[] pairs, string file)
    {
        var builder = new GraphBuilder();
        foreach (var (one, other) in pairs)
        {
            builder.Add(one, other, 0);
        }
        using var stream = File.Create(file);
        builder.Build(0).Save(stream, "benchmark");
    }

    private static void Read(string file)
    {
        using var stream = File.OpenRead(file);
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0) { }
    }

    // plain breadth-first search from some members, to all
    private static void Check(GraphView graph, int seed)
    {
        var random = new Random(seed);
        var everybody = Enumerable.Range(0, graph.Members).ToArray();
        var distances = new byte[graph.Members];
        for (var round = 0; round < 3; round++)
        {
            var from = random.Next(graph.Members);
            var expected = new byte[graph.Members];
            Array.Fill(expected, (byte)4);
            expected[from] = 0;
            List<int> ring = [from];
            for (byte distance = 1; distance <= 3; distance++)
            {
                var next = new List<int>();
                foreach (var member in ring)
                {
                    foreach (var other in graph.ConnectionsOf(member))
                    {
                        if (expected[other] == 4 && other != from)
                        {
                            expected[other] = distance;
                            next.Add(other);
                        }
                    }
                }
                ring = next;
            }
            graph.Distances(from, everybody, distances);
            var single = random.Next(graph.Members);
            if (
                !expected.AsSpan().SequenceEqual(distances)
                || graph.Distance(from, single) != expected[single]
            )
            {
                throw new InvalidOperationException(
                    "The index and a plain search differ in a distance."
                );
            }
        }
    }
}
