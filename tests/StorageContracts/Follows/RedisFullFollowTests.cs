using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.V1;
using Platform.Testing;
using Platform.Testing.Containers;
using StackExchange.Redis;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The follows service on a redis-server that is full (<c>maxmemory</c> with <c>noeviction</c>). The server is these tests' own.</summary>
public sealed class RedisFullFollowTests(RedisContainer container) : OwnRedisTests(container)
{
    [Fact]
    public async Task Full_WritesAreRefusedWholeAndReadsGoOn()
    {
        await using var follows = await FollowsOnRedis.StartAsync(Container.ConnectionString);
        var client = follows.As("ann");
        var acme = new Entity { Kind = EntityKind.Company, Id = "acme" };
        var news = new Entity { Kind = EntityKind.Publisher, Id = "news" };
        await client.FollowAsync(new FollowRequest { Entity = acme });
        await SetMaxMemoryAsync("1");
        try
        {
            var refusals = new[]
            {
                await Refusal.OfAsync(client.FollowAsync(new FollowRequest { Entity = news })),
                await Refusal.OfAsync(client.UnfollowAsync(new UnfollowRequest { Entity = acme })),
                await Refusal.OfAsync(client.MuteAsync(new MuteRequest { Entity = acme })),
            };

            Assert.All(
                refusals,
                refusal =>
                    Assert.Equal(
                        (StatusCode.ResourceExhausted, ErrorReason.StoreFull),
                        (refusal.Code, refusal.Reason)
                    )
            );
            var checks = await client.BatchCheckFollowsAsync(
                new BatchCheckFollowsRequest { Entities = { acme, news } }
            );
            Assert.Equal([true, false], checks.Checks.Select(check => check.Following));
            Assert.All(checks.Checks, check => Assert.False(check.Muted));
        }
        finally
        {
            await SetMaxMemoryAsync("0");
        }
        await client.FollowAsync(new FollowRequest { Entity = news });
        await client.UnfollowAsync(new UnfollowRequest { Entity = acme });
    }

    [Fact]
    public Task FullForAWhile_DuringFollows_LosesNothingAndLeavesNothingHalfDone() =>
        ChurnThroughAsync(
            () => SetMaxMemoryAsync("1"),
            churn => churn.NoticesAsync(),
            () => SetMaxMemoryAsync("0"),
            rounds: 3
        );

    private async Task SetMaxMemoryAsync(string bytes)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            Container.ConnectionString + ",allowAdmin=true"
        );
        await redis.GetServers().Single().ConfigSetAsync("maxmemory", bytes);
    }
}
