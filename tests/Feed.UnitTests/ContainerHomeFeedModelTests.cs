using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Feed.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Storage.Redis;
using Platform.Testing;
using Platform.Testing.Containers;
using Platform.Tests.Feed.UnitTests.Support;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(MongoContainer))]
[assembly: AssemblyFixture(typeof(RedisContainer))]

namespace Platform.Tests.Feed.UnitTests;

/// <summary>
/// The model on MongoDB and redis-server in containers. In the middle of each history MongoDB is restarted and Redis killed.
/// </summary>
public sealed class ContainerHomeFeedModelTests(MongoContainer mongo, RedisContainer redis)
    : HomeFeedModel
{
    private RedisConnection? _redis;
    private MongoConnection? _mongo;

    public static TheoryData<int, bool> Seeds => Histories(3);

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Feed_AfterAnyHistory_IsWhatTheReferenceSays(int seed, bool readsAfterChanges) =>
        CompareAsync(seed, readsAfterChanges);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _mongo?.Dispose();
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    protected override async Task<FeedHarness> OpenAsync()
    {
        await mongo.StartAsync(default);
        await redis.StartAsync(default);
        var problem = mongo.Problem ?? redis.Problem;
        Assert.SkipWhen(problem is not null, problem ?? "");
        _mongo = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = mongo.ConnectionString,
                Database = MongoContainer.NewDatabaseName(),
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
        await _mongo.EnsureIndexesAsync(MongoPostStore.Indexes, default);
        _redis = new RedisConnection(
            Options.Create(
                new RedisOptions
                {
                    ConnectionString = redis.ConnectionString,
                    CommandTimeout = TimeSpan.FromSeconds(30),
                }
            ),
            NullLoggerFactory.Instance
        );
        return new FeedHarness(_redis, _ => new MongoPostStore(_mongo), FanOut);
    }

    protected override async Task RestartStoresAsync()
    {
        await mongo.RestartAsync(default);
        await redis.KillAsync(default);
        await redis.StartAgainAsync(default);
        await Eventually.HoldsAsync(
            "Redis answers again",
            async () =>
            {
                try
                {
                    await _redis!.RunAsync(
                        async database => await database.PingAsync(CommandFlags.None),
                        default
                    );
                    return true;
                }
                catch (ServiceDefaults.Errors.DomainException)
                {
                    return false;
                }
            }
        );
    }
}
