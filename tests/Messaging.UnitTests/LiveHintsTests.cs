using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Messaging.Live;
using Platform.Storage.Redis;

namespace Platform.Tests.Messaging.UnitTests;

public sealed class LiveHintsTests
{
    /// <summary>The member's last stream goes, and before it says so the next one has come.</summary>
    [Fact]
    public async Task StopListening_AfterAnotherHasBegun_ListensForTheOther()
    {
        var hints = await WithoutRedisAsync();

        hints.Listen("ann", (_, _) => { }, (_, _, _) => { });
        hints.Listen("ann", (_, _) => { }, (_, _, _) => { });
        hints.StopListening("ann");
        var whileThereIsOne = hints.IsListening("ann");
        hints.StopListening("ann");
        var afterTheLast = hints.IsListening("ann");
        hints.Listen("ann", (_, _) => { }, (_, _, _) => { });

        Assert.True(whileThereIsOne);
        Assert.False(afterTheLast);
        Assert.True(hints.IsListening("ann"));
        Assert.False(hints.IsListening("bob"));
    }

    [Fact]
    public async Task Listen_ManyComeAndGoAtOnce_ListensUntilTheLastHasGone()
    {
        var hints = await WithoutRedisAsync();
        hints.Listen("ann", (_, _) => { }, (_, _, _) => { });

        Parallel.For(
            0,
            10_000,
            _ =>
            {
                hints.Listen("ann", (_, _) => { }, (_, _, _) => { });
                hints.StopListening("ann");
            }
        );

        Assert.True(hints.IsListening("ann"));
        hints.StopListening("ann");
        Assert.False(hints.IsListening("ann"));
    }

    // whom hints would be taken for is known all the same
    private static async Task<LiveHints> WithoutRedisAsync()
    {
        var redis = new RedisConnection(
            Options.Create(new RedisOptions { ConnectionString = "127.0.0.1:1" }),
            NullLoggerFactory.Instance
        );
        await redis.DisposeAsync();
        return new LiveHints(NullLogger<LiveHints>.Instance, redis);
    }
}
