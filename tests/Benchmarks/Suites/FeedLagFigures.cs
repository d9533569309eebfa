using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Platform.Benchmarks.Harness;
using Platform.Feed.V1;
using DeliveryState = Platform.Feed.V1.DeliveryState;

namespace Platform.Benchmarks.Suites;

/// <summary>How long posts take to their followers while many are made, and whether that stays as it is.</summary>
public sealed class FeedLagFigures(FeedServices services, FeedFill fill, TimeSpan duration)
{
    private const int PostsASecond = 200;
    private const int SampleEvery = 10;

    // a lag that grows does so without end; below this it is the noise of a busy machine
    private const double Flat = 2;
    private const double FlatFloorMilliseconds = 50;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>Measures with one graph: each pair follow each other, and all have read lately.</summary>
    public async Task MeasureAsync(
        string name,
        IReadOnlyList<(string One, string Other)> pairs,
        List<Finding> findings
    )
    {
        var members = pairs.SelectMany(pair => new[] { pair.One, pair.Other }).Distinct().ToArray();
        await fill.FollowAsync([
            .. pairs.SelectMany(pair => new[] { pair, (pair.Other, pair.One) }),
        ]);
        await fill.OpenAsync(members, entries: 0);
        Console.WriteLine(
            $"\n## lag: {PostsASecond} posts/s to the followers of {name} ({members.Length:N0} members, {pairs.Count:N0} pairs)\n"
        );
        Console.WriteLine("| until s | posts | lag p50 ms | lag p99 ms | not delivered |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");

        var random = new Random(1);
        var medians = new List<double>();
        var clock = Stopwatch.StartNew();
        var made = 0;
        for (var end = Window; end <= duration; end += Window)
        {
            var sampled = new ConcurrentBag<string>();
            var before = made;
            var calls = new List<Task>();
            while (clock.Elapsed < end)
            {
                // what the clock says is due, so that a late timer loses no posts
                for (var due = clock.Elapsed.TotalSeconds * PostsASecond; made < due; made++)
                {
                    calls.Add(PostAsync(members[random.Next(members.Length)], made, sampled));
                }
                await Task.Delay(TimeSpan.FromMilliseconds(5));
            }
            await Task.WhenAll(calls);
            medians.Add(await PrintAsync(clock.Elapsed, made - before, sampled));
        }
        // of the first 30 s the services compile what they run for the first time
        var (best, last) = (medians.Min(), medians[^1]);
        findings.Add(
            new Finding(
                $"lag with {PostsASecond} posts/s, {name}: median of the last {Window.TotalSeconds:0} s of {duration.TotalSeconds:0}",
                last,
                "ms",
                best,
                $"of the best {Window.TotalSeconds:0} s",
                $"flat (<= {Flat:0} of the best, or {FlatFloorMilliseconds:0} ms)",
                last <= Math.Max(Flat * best, FlatFloorMilliseconds)
            )
        );
    }

    private async Task PostAsync(string author, int number, ConcurrentBag<string> sampled)
    {
        var answer = await services.Posts.CreatePostAsync(FeedFill.PostOf(author));
        if (number % SampleEvery == 0)
        {
            sampled.Add(answer.Post.PostId);
        }
    }

    /// <returns>The median of the lag, in milliseconds; of a post that is not delivered, what it has waited for so far.</returns>
    private async Task<double> PrintAsync(
        TimeSpan until,
        int posts,
        IReadOnlyCollection<string> sampled
    )
    {
        var lags = new List<double>();
        var waiting = 0;
        foreach (var id in sampled)
        {
            var answer = await services.Posts.GetDeliveryStatusAsync(
                new GetDeliveryStatusRequest { PostId = id }
            );
            lags.Add((answer.Status.Lag ?? new Duration()).ToTimeSpan().TotalMilliseconds);
            waiting += answer.Status.State is DeliveryState.Delivered or DeliveryState.Pulled
                ? 0
                : 1;
        }
        lags.Sort();
        var median = lags[lags.Count / 2];
        Console.WriteLine(
            $"| {until.TotalSeconds:0} | {posts:N0} | {median:0.0} | {lags[lags.Count * 99 / 100]:0.0} | {waiting} of {lags.Count} |"
        );
        return median;
    }
}
