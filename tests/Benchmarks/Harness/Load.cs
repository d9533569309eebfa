using System.Diagnostics;
using HdrHistogram;
using Platform.Testing;

namespace Platform.Benchmarks.Harness;

/// <summary>Makes a bounded load: so many calls, so many in flight.</summary>
public static class Load
{
    // By time, not by calls: the runtime compiles a hot path anew after pauses of its own timers, later on a busy machine. After
    // 30,000 calls, some two seconds, a check still took twice the processor time that it took in the end.
    private static readonly TimeSpan WarmUpRound = TimeSpan.FromSeconds(5);

    // on a machine that others use the timers run late: then one round is not enough
    private const int MaxWarmUpRounds = 6;
    private const double Settled = 0.9;

    /// <summary>Runs <paramref name="calls"/> calls, <paramref name="inFlight"/> at a time, after a warm-up with the same call.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="server">Whose processor time counts; null if it cannot be told.</param>
    /// <param name="call">The call; its argument counts up from 0.</param>
    /// <param name="limit">The figure it is compared with.</param>
    public static async Task<Figure> RunAsync(
        string name,
        ServerProcess? server,
        int calls,
        int inFlight,
        Func<int, Task> call,
        string? limit = null
    )
    {
        await WarmAsync(server, inFlight, call);
        var histogram = new LongHistogram(TimeSpan.TicksPerHour, 3);
        var cpu = server?.ProcessorTime;
        var clock = Stopwatch.StartNew();
        var errors = await RunOnceAsync(index => index < calls, inFlight, call, histogram);
        var elapsed = clock.Elapsed;
        return new Figure(
            name,
            calls - errors,
            errors,
            elapsed,
            TimeSpan.FromTicks(histogram.GetValueAtPercentile(50)),
            TimeSpan.FromTicks(histogram.GetValueAtPercentile(99)),
            server?.ProcessorTime - cpu,
            limit
        );
    }

    /// <summary>Runs rounds until the processor time of a call falls no more.</summary>
    private static async Task WarmAsync(ServerProcess? server, int inFlight, Func<int, Task> call)
    {
        var before = double.PositiveInfinity;
        for (var round = 0; round < MaxWarmUpRounds; round++)
        {
            var calls = new LongHistogram(TimeSpan.TicksPerHour, 3);
            var cpu = server?.ProcessorTime;
            var clock = Stopwatch.StartNew();
            await RunOnceAsync(_ => clock.Elapsed < WarmUpRound, inFlight, call, calls);
            var aCall = (server?.ProcessorTime - cpu)?.TotalMicroseconds / calls.TotalCount;
            if (aCall is null || aCall > Settled * before)
            {
                return;
            }
            before = aCall.Value;
        }
    }

    private static async Task<long> RunOnceAsync(
        Func<int, bool> goesOn,
        int inFlight,
        Func<int, Task> call,
        LongHistogram histogram
    )
    {
        var next = -1;
        var errors = 0L;
        // each on its own: calls that answer without waiting would keep the others from beginning
        var workers = Enumerable.Range(0, inFlight).Select(_ => Task.Run(WorkAsync)).ToList();
        foreach (var latency in (await Task.WhenAll(workers)).SelectMany(latencies => latencies))
        {
            histogram.RecordValue(latency);
        }
        return errors;

        async Task<List<long>> WorkAsync()
        {
            var latencies = new List<long>();
            for (
                var index = Interlocked.Increment(ref next);
                goesOn(index);
                index = Interlocked.Increment(ref next)
            )
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    await call(index);
                    latencies.Add(Stopwatch.GetElapsedTime(started).Ticks);
                }
                catch (Grpc.Core.RpcException)
                {
                    Interlocked.Increment(ref errors);
                }
            }
            return latencies;
        }
    }
}
