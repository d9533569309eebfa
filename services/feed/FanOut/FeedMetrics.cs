using System.Diagnostics.Metrics;

namespace Platform.Feed.FanOut;

/// <summary>What the feed counts; the meter is <c>Platform.Feed</c>.</summary>
public sealed class FeedMetrics
{
    // from a post with no recipients to one whose delivery a crash held up
    private static readonly double[] LagBuckets =
    [
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
        30,
        60,
        120,
        300,
        600,
        1800,
    ];

    private readonly Counter<long> _delivered;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _rebuilds;
    private readonly Histogram<double> _lag;
    private Waiting _waiting = new(0, 0);

    public FeedMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Platform.Feed");
        _delivered = meter.CreateCounter<long>(
            "feed.fanout.entries",
            description: "Entries pushed to home timelines."
        );
        _failures = meter.CreateCounter<long>(
            "feed.fanout.failures",
            description: "Parts of deliveries that failed."
        );
        _rebuilds = meter.CreateCounter<long>(
            "feed.timeline.rebuilds",
            description: "Home timelines built anew."
        );
        _lag = meter.CreateHistogram<double>(
            "feed.fanout.lag",
            unit: "s",
            description: "From the creation of a post to the end of its delivery.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LagBuckets }
        );
        meter.CreateObservableGauge(
            "feed.fanout.pending",
            () => Volatile.Read(ref _waiting).Posts,
            description: "Posts whose delivery is not finished, of all replicas."
        );
        meter.CreateObservableGauge(
            "feed.fanout.oldest",
            () => Volatile.Read(ref _waiting).Seconds,
            unit: "s",
            description: "The age of the oldest post whose delivery is not finished, of all replicas; 0 if there is none."
        );
    }

    public void Delivered(int entries) => _delivered.Add(entries);

    public void Failed() => _failures.Add(1);

    public void Completed(TimeSpan lag) => _lag.Record(lag.TotalSeconds);

    public void Rebuilt() => _rebuilds.Add(1);

    /// <summary>What waits at present.</summary>
    /// <param name="oldest">The age of the oldest of them.</param>
    public void Waits(long posts, TimeSpan oldest) =>
        Volatile.Write(ref _waiting, new Waiting(posts, oldest.TotalSeconds));

    private sealed record Waiting(long Posts, double Seconds);
}
