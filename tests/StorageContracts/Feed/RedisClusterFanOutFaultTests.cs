using Platform.Feed.Timelines;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>Fan-out on a Redis Cluster of which a master is lost. The Cluster is this test's own.</summary>
public sealed class RedisClusterFanOutFaultTests(RedisClusterContainers cluster)
    : IClassFixture<RedisClusterContainers>,
        IAsyncLifetime
{
    private const int Lost = 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await cluster.StartAsync(Token);
        Assert.SkipWhen(cluster.Problem is not null, cluster.Problem ?? "");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task MasterLost_TheOthersTimelinesGoOnWithoutDoublesAndItsOwnFollow()
    {
        // as many as one page: what comes after a page that cannot be delivered waits with it
        await using var feed = await FeedOnRedis.StartAsync(cluster.ConnectionString, 90);
        await feed.PublishAsync();
        var multiplexer = await feed.Redis.GetMultiplexerAsync(Token);
        var keys = new TimelineKeys(feed.Redis.KeyPrefix);
        var others = feed
            .Followers.Where(follower =>
                RedisClusterContainers.MasterOf(multiplexer.HashSlot(keys.Entries(follower)))
                != Lost
            )
            .ToList();
        Assert.InRange(others.Count, 1, feed.Followers.Count - 1);

        await cluster.KillAsync(Lost, Token);
        try
        {
            var post = await feed.PublishAsync();
            await Eventually.HoldsAsync(
                "the delivery was repeated a few times",
                async () => await feed.RetriesOfAsync(post) >= 5,
                TimeSpan.FromSeconds(60)
            );
            foreach (var follower in others)
            {
                var timeline = await feed.Timelines.ReadAsync(follower, Token);
                Assert.Single(timeline!.Entries, post);
            }
        }
        finally
        {
            await cluster.StartAgainAsync(Lost, Token);
        }

        await feed.AssertAllDeliveredAsync();
    }
}
