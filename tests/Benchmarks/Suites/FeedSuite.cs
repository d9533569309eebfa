using Platform.Benchmarks.Harness;
using Platform.Testing;
using Platform.Testing.Graphs;

namespace Platform.Benchmarks.Suites;

/// <summary>
/// The home feed on a redis-server, with follows and connections behind it: pages beside a bare echo, fan-out beside the same commands
/// without the service, and the lag of deliveries under a steady load.
/// </summary>
public static class FeedSuite
{
    private const int SyntheticMembers = 100_000;
    private const int SyntheticPairs = 500_000;

    /// <summary>What the suite can measure; all of it where nothing is chosen.</summary>
    public static readonly string[] Parts = ["pages", "fan-out", "lag"];

    /// <summary>Runs the suite; the exit code is 1 when a call failed or something that is asked for is not met.</summary>
    /// <param name="parts">Of <see cref="Parts"/>.</param>
    /// <param name="calls">Calls a figure.</param>
    /// <param name="inFlight">Calls at a time.</param>
    /// <param name="lag">How long the steady load lasts with each graph.</param>
    /// <param name="edges">A graph to measure the lag with, besides a generated one.</param>
    /// <param name="seed">Of the generated graph.</param>
    public static async Task<int> RunAsync(
        IReadOnlyCollection<string> parts,
        int calls,
        int inFlight,
        TimeSpan lag,
        FileInfo? edges,
        int seed
    )
    {
        var figures = new List<Figure>();
        var findings = new List<Finding>();
        using var identity = new TestIdentity();
        if (parts.Contains("pages"))
        {
            await using var echo = await EchoProcess.StartAsync();
            await RunAsync(
                identity,
                (services, fill, _) =>
                    new FeedPageFigures(services, fill, echo, calls, inFlight).MeasureAsync(
                        figures,
                        findings
                    )
            );
        }
        if (parts.Contains("fan-out"))
        {
            await RunAsync(
                identity,
                (services, fill, redis) =>
                    new FeedFanOutFigures(services, fill, redis).MeasureAsync(findings)
            );
        }
        if (parts.Contains("lag"))
        {
            foreach (var (name, pairs) in Graphs(edges, seed))
            {
                await RunAsync(
                    identity,
                    (services, fill, _) =>
                        new FeedLagFigures(services, fill, lag).MeasureAsync(name, pairs, findings)
                );
            }
        }
        var complete =
            figures.Count == 0
            || Report.Print($"home feed, {calls:N0} calls, {inFlight} in flight", figures);
        Finding.Print("home feed, what is asked for", findings);
        return complete && findings.All(finding => finding.Met != false) ? 0 : 1;
    }

    /// <summary>Runs a part on a Redis and services of its own: none finds what another left.</summary>
    private static async Task RunAsync(
        TestIdentity identity,
        Func<FeedServices, FeedFill, string, Task> measure
    )
    {
        var (redis, problem) = await RedisProcess.StartAsync();
        if (redis is null)
        {
            Console.WriteLine($"skipped: {problem}");
            return;
        }
        await using (redis)
        {
            // a rewrite of the log in the middle of a figure would be measured with it
            await redis.ConfigureAsync("auto-aof-rewrite-percentage", "0");
            using var folder = new TemporaryFolder();
            await using var services = await FeedServices.StartAsync(
                identity,
                folder,
                redis.ConnectionString
            );
            await using var fill = new FeedFill(redis.ConnectionString);
            await measure(services, fill, redis.ConnectionString);
        }
    }

    private static IEnumerable<(
        string Name,
        IReadOnlyList<(string One, string Other)> Pairs
    )> Graphs(FileInfo? edges, int seed)
    {
        if (edges is not null)
        {
            yield return (edges.Name, EdgeFile.Read(edges));
        }
        yield return (
            $"R-MAT {RMat.Parameters}",
            [
                .. RMat.GenerateFor(SyntheticMembers, SyntheticPairs, seed)
                    .Select(pair => ($"{pair.One}", $"{pair.Other}")),
            ]
        );
    }
}
