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

    /// <summary>A large set of integers comes in one piece, whatever is asked for: it is paged by id, and none is missing.</summary>
    [Fact]
    public async Task ListFollowers_LargeSetOfIntegers_KeepsToThePage()
    {
        var redis = Engine.Connect();
        // beyond what is read in one moment, and still an integer set
        var store = new RedisFollowStore(redis, Time, snapshotLimit: 100);
        var acme = new Followable(FollowKind.Company, "acme");
        var database = await redis.GetDatabaseAsync(TestContext.Current.CancellationToken);
        string[] ids = [.. Enumerable.Range(1_000, 500).Select(id => $"{id}")];
        var key = new FollowKeys(redis.KeyPrefix).Followers(acme);
        await database.SetAddAsync(key, [.. ids.Select(id => (StackExchange.Redis.RedisValue)id)]);
        Assert.Equal("intset", await database.KeyEncodingAsync(key));

        var listed = new List<string>();
        string? position = null;
        do
        {
            var page = await store.ListFollowersAsync(
                acme,
                false,
                position,
                70,
                TestContext.Current.CancellationToken
            );
            Assert.InRange(page.Entries.Count, 1, 70);
            listed.AddRange(page.Entries.Select(entry => entry.Id));
            position = page.Next;
        } while (position is not null);
        var streamed = new List<string>();
        await foreach (
            var page in store.StreamFollowersAsync(
                acme,
                null,
                70,
                TestContext.Current.CancellationToken
            )
        )
        {
            streamed.AddRange(page.Entries.Select(entry => entry.Id));
        }

        Assert.Equal(ids, listed);
        Assert.Equal(ids, streamed);
    }
}
