using Grpc.Core;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.V1;
using Platform.Testing;
using Platform.Testing.Containers;
using StackExchange.Redis;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The follows service on a redis-server that is full (<c>maxmemory</c> with <c>noeviction</c>). The server is these tests' own.</summary>
public sealed class RedisFullFollowTests(RedisContainer container)
    : IClassFixture<RedisContainer>,
        IAsyncLifetime
{
    private static readonly string[] Members = [.. Enumerable.Range(0, 6).Select(n => $"20{n}")];

    private static readonly Followable[] Entities =
    [
        .. Enumerable.Range(0, 8).Select(n => new Followable(FollowKind.Company, $"{n}")),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await container.StartAsync(Token);
        Assert.SkipWhen(container.Problem is not null, container.Problem ?? "");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Full_WritesAreRefusedWholeAndReadsGoOn()
    {
        await using var follows = await FollowsOnRedis.StartAsync(container.ConnectionString);
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
    public async Task FullForAWhile_DuringFollows_LosesNothingAndLeavesNothingHalfDone()
    {
        await using var follows = await FollowsOnRedis.StartAsync(container.ConnectionString);
        var churn = new FollowChurn(follows.Service, Members, Entities);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = churn.RunAsync(stop.Token);

        for (var round = 0; round < 3; round++)
        {
            await churn.GoesOnAsync();
            await SetMaxMemoryAsync("1");
            try
            {
                await churn.NoticesAsync();
            }
            finally
            {
                await SetMaxMemoryAsync("0");
            }
        }
        await churn.GoesOnAsync();

        await stop.CancelAsync();
        await running;
        await churn.AssertAgreesAsync(follows.Store);
    }

    private async Task SetMaxMemoryAsync(string bytes)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            container.ConnectionString + ",allowAdmin=true"
        );
        await redis.GetServers().Single().ConfigSetAsync("maxmemory", bytes);
    }
}
