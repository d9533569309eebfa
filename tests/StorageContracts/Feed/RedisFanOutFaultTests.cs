using System.Diagnostics;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>Fan-out while its redis-server is killed, restarted or silent. The server is these tests' own.</summary>
public sealed class RedisFanOutFaultTests(RedisContainer container)
    : IClassFixture<RedisContainer>,
        IAsyncLifetime
{
    private const int Followers = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await container.StartAsync(Token);
        Assert.SkipWhen(container.Problem is not null, container.Problem ?? "");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Killed_DuringFanOut_EachPostReachesEachTimelineOnce()
    {
        await using var feed = await FeedOnRedis.StartAsync(container.ConnectionString, Followers);
        await feed.PublishAsync();
        var killing = container.KillAsync(Token);
        try
        {
            await feed.PublishUntilAsync(
                "Redis is killed, and deliveries wait for it",
                async () => killing.IsCompleted && await feed.IsRetryingAsync()
            );
        }
        finally
        {
            await killing;
            await container.StartAgainAsync(Token);
        }
        await feed.PublishAsync();

        await feed.AssertAllDeliveredAsync();
    }

    [Fact]
    public async Task SilentForFiveSeconds_DuringFanOut_EachPostReachesEachTimelineOnce()
    {
        await using var feed = await FeedOnRedis.StartAsync(container.ConnectionString, Followers);
        await feed.PublishAsync();
        var pausing = container.PauseAsync(Token);
        try
        {
            var clock = Stopwatch.StartNew();
            await feed.PublishUntilAsync(
                "Redis was silent for 5 s, and deliveries wait for it",
                async () =>
                    pausing.IsCompleted
                    && clock.Elapsed > TimeSpan.FromSeconds(5)
                    && await feed.IsRetryingAsync()
            );
        }
        finally
        {
            await pausing;
            await container.UnpauseAsync(Token);
        }
        await feed.PublishAsync();

        await feed.AssertAllDeliveredAsync();
    }
}
