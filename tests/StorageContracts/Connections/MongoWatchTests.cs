using Platform.Connections.Storage;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>Watching on MongoDB in a container; the two stores are those of two processes.</summary>
public sealed class MongoWatchTests(MongoContainer mongo) : WatchContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly Dictionary<IConnectionStore, MongoConnection> _connections = [];

    protected override int Histories => 2;

    protected override async Task<IConnectionStore> OpenAsync()
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
            MongoConnectionStore.Indexes,
            TestContext.Current.CancellationToken
        );
        var store = new MongoConnectionStore(connection, TimeProvider.System);
        _connections.Add(store, connection);
        return store;
    }

    protected override Task CloseAsync(IConnectionStore store)
    {
        _connections[store].Dispose();
        return Task.CompletedTask;
    }
}
