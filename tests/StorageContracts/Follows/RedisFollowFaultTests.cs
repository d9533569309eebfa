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
public sealed class RedisFollowFaultTests(RedisContainer container) : OwnRedisTests(container)
{
    [Fact]
    public Task Killed_DuringFollows_LosesNothingAcknowledged() =>
        ChurnThroughAsync(
            () => Container.KillAsync(Token),
            churn => churn.NoticesAsync(),
            () => Container.StartAgainAsync(Token),
            rounds: 2
        );

    [Fact]
    public Task SilentForFiveSeconds_DuringFollows_IsUnavailableAndLosesNothing() =>
        ChurnThroughAsync(
            () => Container.PauseAsync(Token),
            async churn =>
            {
                var clock = Stopwatch.StartNew();
                while (clock.Elapsed < TimeSpan.FromSeconds(5))
                {
                    // refused within its deadline, or this throws
                    await churn.NoticesAsync();
                }
            },
            () => Container.UnpauseAsync(Token),
            rounds: 1
        );

    /// <summary>Each run of redis-server scans in an order of its own.</summary>
    [Fact]
    public async Task Killed_BetweenTwoPagesOfAScan_MissesNobody()
    {
        var options = new RedisOptions
        {
            ConnectionString = Container.ConnectionString,
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

        await Container.KillAsync(Token);
        await Container.StartAgainAsync(Token);
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
