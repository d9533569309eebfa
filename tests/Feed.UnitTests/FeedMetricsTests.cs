using System.Diagnostics.Metrics;
using Platform.Feed.FanOut;
using Platform.Testing;

namespace Platform.Tests.Feed.UnitTests;

public sealed class FeedMetricsTests
{
    [Fact]
    public void FanOutLag_BucketsTellMillisecondsFromMinutes()
    {
        using var meters = new TestMeters();
        _ = new FeedMetrics(meters);

        var lag = Assert.IsType<Histogram<double>>(meters.Instrument("feed.fanout.lag"));

        var bounds = lag.Advice!.HistogramBucketBoundaries!;
        Assert.Equal(bounds.Order(), bounds);
        Assert.Equal(0.001, bounds[0]);
        Assert.True(bounds[^1] >= 600);
        // a quantile is as exact as its bucket is narrow
        Assert.All(
            bounds.Zip(bounds.Skip(1)),
            pair => Assert.InRange(pair.Second / pair.First, 1, 3.01)
        );
    }
}
