using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Storage.Redis;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The follows service while its redis-server is killed, restarted or silent. The server is these tests' own.</summary>
public sealed class RedisFollowFaultTests(RedisContainer container)
    : IClassFixture<RedisContainer>,
        IAsyncLifetime
{
    private static readonly string[] Members = [.. Enumerable.Range(0, 6).Select(n => $"10{n}")];

    private static readonly Followable[] Entities =
    [
        .. Enumerable.Range(0, 8).Select(n => new Followable(FollowKind.Company, $"{n}")),
        .. Members.Select(member => new Followable(FollowKind.Group, "g" + member)),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await container.StartAsync(Token);
        Assert.SkipWhen(container.Problem is not null, container.Problem ?? "");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Killed_DuringFollows_LosesNothingAcknowledged()
    {
        await using var follows = await FollowsOnRedis.StartAsync(container.ConnectionString);
        var churn = new FollowChurn(follows.Service, Members, Entities);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = churn.RunAsync(stop.Token);

        for (var round = 0; round < 2; round++)
        {
            await churn.GoesOnAsync();
            await container.KillAsync(Token);
            try
            {
                await churn.NoticesAsync();
            }
            finally
            {
                await container.StartAgainAsync(Token);
            }
        }
        await churn.GoesOnAsync();

        await stop.CancelAsync();
        await running;
        await churn.AssertAgreesAsync(follows.Store);
    }

    [Fact]
    public async Task SilentForFiveSeconds_DuringFollows_IsUnavailableAndLosesNothing()
    {
        await using var follows = await FollowsOnRedis.StartAsync(container.ConnectionString);
        var churn = new FollowChurn(follows.Service, Members, Entities);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = churn.RunAsync(stop.Token);
        await churn.GoesOnAsync();

        await container.PauseAsync(Token);
        try
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < TimeSpan.FromSeconds(5))
            {
                // refused within its deadline, or this throws
                await churn.NoticesAsync();
            }
        }
        finally
        {
            await container.UnpauseAsync(Token);
        }
        await churn.GoesOnAsync();

        await stop.CancelAsync();
        await running;
        await churn.AssertAgreesAsync(follows.Store);
    }

    /// <summary>Each run of redis-server scans in an order of its own.</summary>
    [Fact]
    public async Task Killed_BetweenTwoPagesOfAScan_MissesNobody()
    {
        var options = new RedisOptions
        {
            ConnectionString = container.ConnectionString,
            KeyPrefix = $"{Guid.NewGuid():n}:",
        };
        await using var redis = new RedisConnection(
            Options.Create(options),
            NullLoggerFactory.Instance
        );
        var store = new RedisFollowStore(redis, TimeProvider.System, snapshotLimit: 50);
        var acme = new Followable(FollowKind.Company, "acme");
        var ids = Enumerable.Range(0, 900).Select(number => $"m{number}").ToArray();
        await Task.WhenAll(
            ids.Select(async id =>
            {
                var write = await store.ChangeAsync(
                    new FollowChange(new FollowPair(id, acme), true, id),
                    Token
                );
                await store.ApplyAsync(write.Pending!, Token);
            })
        );
        var first = await store.ListFollowersAsync(acme, false, null, 300, Token);

        await container.KillAsync(Token);
        await container.StartAgainAsync(Token);
        await Eventually.HoldsAsync("the store is back", () => FollowChurn.AnswersAsync(store));

        var seen = first.Entries.Select(entry => entry.Id).ToHashSet();
        for (var position = first.Next; position is not null; )
        {
            var page = await store.ListFollowersAsync(acme, false, position, 300, Token);
            seen.UnionWith(page.Entries.Select(entry => entry.Id));
            position = page.Next;
        }
        Assert.Empty(ids.Except(seen));
    }
}
