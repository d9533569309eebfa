using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The workers on MongoDB in a container.</summary>
public sealed class MongoWorkersTests(MongoContainer mongo) : WorkersContract
{
    private MongoConnection? _connection;

    protected override async Task<Stores> OpenAsync()
    {
        await mongo.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        _connection = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = mongo.ConnectionString,
                Database = MongoContainer.NewDatabaseName(),
                // the machine of a test may be busy with something else
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
        foreach (
            var indexes in new[]
            {
                MongoConnectionStore.Indexes,
                MongoMemberStore.Indexes,
                MongoRecommendationStore.Indexes,
                MongoDismissalStore.Indexes,
            }
        )
        {
            await _connection.EnsureIndexesAsync(indexes, TestContext.Current.CancellationToken);
        }
        return new Stores(
            new MongoConnectionStore(_connection, TimeProvider.System),
            new MongoMemberStore(_connection),
            new MongoRecommendationStore(_connection),
            new MongoDismissalStore(_connection)
        );
    }

    protected override Task CloseAsync()
    {
        _connection?.Dispose();
        return Task.CompletedTask;
    }
}
