using System.Globalization;
using Platform.Benchmarks.Harness;
using Platform.Connections.Network.Graph;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// Connections of connections: 500 lists of 500 lines, spread over memory. The connections are random, so hardly any two lists
/// have anything in common: real networks, where friends know each other, are kinder to the processor's cache.
/// </summary>
public static class FriendsOfFriendsFigures
{
    private const int Members = 100_000;
    private const int Degree = 500;
    private const int Asked = 200;

    // in PostgreSQL only these with all their connections' lists are loaded: no other rows would be read
    private const int AskedOfPostgres = 10;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Finding>> MeasureAsync(int seed, string? postgres)
    {
        var graph = Generate(seed);
        var from = Enumerable
            .Range(0, Asked)
            .Select(index => graph.Find(GraphSuite.Name(index * (Members / Asked))))
            .ToArray();
        var sink = 0L;
        var plain = Timing.MedianMicroseconds(
            Asked,
            call => sink += SumConnections(graph, from[call], vectorized: false)
        );
        var vectorized = Timing.MedianMicroseconds(
            Asked,
            call => sink += SumConnections(graph, from[call], vectorized: true)
        );
        var count = Timing.MedianMicroseconds(
            Asked,
            call => sink += graph.CountSecondDegree(from[call])
        );
        var find = Timing.MedianMicroseconds(
            Asked,
            call =>
            {
                using var friends = graph.FindSecondDegree(from[call]);
                sink += friends.Count;
            }
        );
        var page = Timing.MedianMicroseconds(
            Asked,
            call =>
            {
                using var friends = graph.FindSecondDegree(from[call]);
                sink += friends.ListByMutualCount(null, 50).Count;
            }
        );
        GC.KeepAlive(sink);
        const string Limit = "summing the same integers, line by line";
        List<Finding> findings =
        [
            new(
                "distinct friends of friends, with mutual counts",
                find,
                "us",
                plain,
                Limit,
                "at most 2.5 times",
                find <= plain * 2.5
            ),
            new(
                "how many they are",
                count,
                "us",
                plain,
                Limit,
                "at most 2.5 times",
                count <= plain * 2.5
            ),
            new("summing eight at a time", vectorized, "us", plain, Limit),
            new("the first 50 of them by mutual count", page, "us", plain, Limit),
        ];
        if (postgres is not null)
        {
            var asked = from[..AskedOfPostgres];
            var wall = Timing.MedianWallMicroseconds(
                Asked,
                call =>
                {
                    using var friends = graph.FindSecondDegree(asked[call % asked.Length]);
                    sink += friends.Count;
                }
            );
            var theirs = await AskPostgresAsync(new Psql(postgres), graph, asked);
            findings.Add(
                new Finding(
                    "all of them with mutual counts by PostgreSQL, on the wall",
                    theirs,
                    "us",
                    wall,
                    "the same here, on the wall",
                    "at least 200 times",
                    theirs >= wall * 200
                )
            );
        }
        return findings;
    }

    private static GraphView Generate(int seed)
    {
        var random = new Random(seed);
        var names = Enumerable.Range(0, Members).Select(GraphSuite.Name).ToArray();
        var builder = new GraphBuilder();
        // each random order of all members connects each with its two neighbours in it
        var order = Enumerable.Range(0, Members).ToArray();
        for (var round = 0; round < Degree / 2; round++)
        {
            random.Shuffle(order);
            for (var index = 0; index < Members; index++)
            {
                builder.Add(names[order[index]], names[order[(index + 1) % Members]], 0);
            }
        }
        return builder.Build(0).Current;
    }

    private static long SumConnections(GraphView graph, int from, bool vectorized)
    {
        long sum = 0;
        foreach (var connection in graph.ConnectionsOf(from))
        {
            var list = graph.ConnectionsOf(connection);
            sum += vectorized ? Sums.Vectorized(list) : Sums.Plain(list);
        }
        return sum;
    }

    private static async Task<double> AskPostgresAsync(Psql psql, GraphView graph, int[] asked)
    {
        var lines = await psql.RunAsync(async script =>
        {
            await script.WriteLineAsync(
                """
                set client_min_messages to warning;
                drop schema if exists platform_benchmark cascade;
                create schema platform_benchmark;
                set search_path to platform_benchmark;
                create unlogged table edge (member int, other int);
                copy edge from stdin;
                """
            );
            var loaded = new HashSet<int>();
            foreach (var member in asked)
            {
                foreach (var listed in (int[])[member, .. graph.ConnectionsOf(member)])
                {
                    if (loaded.Add(listed))
                    {
                        foreach (var other in graph.ConnectionsOf(listed).ToArray())
                        {
                            await script.WriteLineAsync(
                                string.Create(CultureInfo.InvariantCulture, $"{listed}\t{other}")
                            );
                        }
                    }
                }
            }
            // covers the query, so that it reads the index alone
            await script.WriteLineAsync(
                """
                \.
                create unique index on edge (member, other);
                vacuum (analyze, freeze) edge;
                prepare friends (int) as
                    select count(*), sum(ways) from (
                        select there.other, count(*) as ways
                        from edge here join edge there on there.member = here.other
                        where here.member = $1 and there.other <> $1
                            and not exists (select from edge where member = $1 and other = there.other)
                        group by there.other
                    ) as friends;
                """
            );
            // the first round warms its caches, and is not measured
            for (var round = 0; round < 4; round++)
            {
                foreach (var member in asked)
                {
                    await script.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"""
                            {(round == 0 ? "" : @"\timing on")}
                            execute friends({member});
                            \timing off
                            """
                        )
                    );
                }
            }
            await script.WriteLineAsync("drop schema platform_benchmark cascade;");
        });
        var answers = lines.Where(line => line.Contains('|', StringComparison.Ordinal)).ToArray();
        for (var index = 0; index < answers.Length; index++)
        {
            using var found = graph.FindSecondDegree(asked[index % asked.Length]);
            long ways = 0;
            foreach (var member in found.Members)
            {
                ways += member.MutualCount;
            }
            if (answers[index] != $"{found.Count}|{ways}")
            {
                throw new InvalidOperationException(
                    $"PostgreSQL found {answers[index]}, the index {found.Count}|{ways}."
                );
            }
        }
        double[] times = [.. Psql.Times(lines).Order()];
        return times[times.Length / 2];
    }
}
