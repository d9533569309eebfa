using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on redis-server, and how it keeps ids.</summary>
public sealed class RedisServerFollowStoreTests(RedisServerEngine engine)
    : RedisFollowStoreContract(engine)
{
    // As much as a set of integers holds with Redis' default of set-max-intset-entries.
    private const int IntegersKeptCompact = 512;

    /// <summary>Five to ten bytes an id, where a hash table takes 48.</summary>
    [Fact]
    public async Task Change_NumericIds_StayIntegersInRedis()
    {
        var redis = Engine.Connect();
        var store = new RedisFollowStore(redis, Time);
        var keys = new FollowKeys(redis.KeyPrefix);
        var acme = new Followable(FollowKind.Company, "9007199254740993");
        await Task.WhenAll(
            Enumerable
                .Range(1_000_000, IntegersKeptCompact)
                .Select(async id =>
                {
                    await FollowAsync(store, $"{id}", acme);
                    await FollowAsync(store, "42", Followable.Member($"{id}"));
                })
        );

        var database = await redis.GetDatabaseAsync(TestContext.Current.CancellationToken);

        Assert.Equal("intset", await database.KeyEncodingAsync(keys.Followers(acme)));
        Assert.Equal(
            "intset",
            await database.KeyEncodingAsync(keys.Following("42", FollowKind.Member))
        );
        Assert.Equal(
            "intset",
            await database.KeyEncodingAsync(keys.Following("1000000", FollowKind.Company))
        );
    }
}
