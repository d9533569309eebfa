using Platform.Connections.Storage;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoRecommendationStoreTests(MongoContainer mongo)
    : RecommendationStoreContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly Dictionary<IRecommendationStore, MongoConnection> _connections = [];

    protected override async Task<IRecommendationStore> OpenAsync()
    {
        await mongo.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        var connection = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = mongo.ConnectionString,
                Database = _database,
                // the machine of a test may be busy with something else
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
        await connection.EnsureIndexesAsync(
            MongoRecommendationStore.Indexes,
            TestContext.Current.CancellationToken
        );
        var store = new MongoRecommendationStore(connection);
        _connections.Add(store, connection);
        return store;
    }

    protected override Task CloseAsync(IRecommendationStore store)
    {
        _connections[store].Dispose();
        return Task.CompletedTask;
    }
}
