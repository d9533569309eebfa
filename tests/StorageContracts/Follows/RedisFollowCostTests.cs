using System.Text.RegularExpressions;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.Follows.V1;
using Platform.Testing.Containers;
using StackExchange.Redis;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>What follows cost a redis-server that is set up as <c>deploy/compose</c> sets it up.</summary>
public sealed partial class RedisFollowCostTests(RedisContainer container)
    : OwnRedisTests(container)
{
    // what an edge may take in each direction, of ids made of digits
    private const int MostBytes = 24;

    /// <summary>The bytes depend on <c>set-max-intset-entries</c>: with the server's default the largest takes more than twice as much.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(500)]
    [InlineData(100_000)]
    public async Task NumericIds_AsDeployed_TakeAtMost24BytesAnEdge(int size)
    {
        await using var follows = await FollowsOnRedis.StartAsync(Container.ConnectionString);
        await using var admin = await ConnectAsync();
        await admin.GetServers().Single().ConfigSetAsync("set-max-intset-entries", Deployed());
        var keys = new FollowKeys(follows.Redis.KeyPrefix);
        var database = await follows.Redis.GetDatabaseAsync(Token);
        foreach (
            var key in new[]
            {
                keys.Following("1", FollowKind.Member),
                keys.Followers(Followable.Member("1")),
            }
        )
        {
            foreach (var some in Enumerable.Range(10_000_000, size).Chunk(10_000))
            {
                await database.SetAddAsync(key, [.. some.Select(id => (RedisValue)id)]);
            }

            var bytes = (long)await database.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", 0);

            Assert.InRange(bytes, 1, MostBytes * size);
        }
    }

    /// <summary>So the time of an answer does not tell that there is something to hide.</summary>
    [Fact]
    public async Task HiddenCount_IsReadLikeAShownOne()
    {
        await using var follows = await FollowsOnRedis.StartAsync(Container.ConnectionString);
        var settings = new FollowSettingsService.FollowSettingsServiceClient(
            follows.Service.As("ann")
        );
        await settings.UpdateFollowSettingsAsync(
            new UpdateFollowSettingsRequest
            {
                Settings = new FollowSettings
                {
                    FollowerCountVisibility = Platform.Follows.V1.FollowerCountVisibility.OnlyMe,
                },
            }
        );
        await using var admin = await ConnectAsync();

        var hidden = await CommandsAsync(admin, () => CountAsync(follows, "ann"));
        var shown = await CommandsAsync(admin, () => CountAsync(follows, "bob"));

        Assert.Equal((false, true), (hidden.IsTold, shown.IsTold));
        Assert.Contains("cmdstat_scard calls=1", shown.Commands, StringComparison.Ordinal);
        Assert.Equal(shown.Commands, hidden.Commands);
    }

    private static async Task<bool> CountAsync(FollowsOnRedis follows, string owner) =>
        (
            await follows
                .As("viewer")
                .GetFollowCountsAsync(new GetFollowCountsRequest { OwnerId = owner })
        ).HasFollowerCount;

    /// <summary>How often each command ran during a call, of those that the workers do not run.</summary>
    private static async Task<(bool IsTold, string Commands)> CommandsAsync(
        ConnectionMultiplexer admin,
        Func<Task<bool>> call
    )
    {
        var server = admin.GetServers().Single();
        await server.ConfigResetStatisticsAsync();
        var isTold = await call();
        var statistics = await server.InfoAsync("commandstats");
        var commands = statistics
            .SelectMany(section => section)
            .Where(line => line.Key is "cmdstat_scard" or "cmdstat_hmget" or "cmdstat_hget")
            .OrderBy(line => line.Key, StringComparer.Ordinal)
            .Select(line => $"{line.Key} {line.Value.Split(',')[0]}");
        return (isTold, string.Join("; ", commands));
    }

    private Task<ConnectionMultiplexer> ConnectAsync() =>
        ConnectionMultiplexer.ConnectAsync(Container.ConnectionString + ",allowAdmin=true");

    private static string Deployed() =>
        IntsetSetting()
            .Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "redis-start.sh")))
            .Groups[1]
            .Value;

    [GeneratedRegex(@"^set-max-intset-entries (\d+)$", RegexOptions.Multiline)]
    private static partial Regex IntsetSetting();
}
