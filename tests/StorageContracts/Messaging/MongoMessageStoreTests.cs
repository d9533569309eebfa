using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoMessageStoreTests(MongoContainer mongo) : MessageStoreContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly Dictionary<IMessageStore, MongoConnection> _connections = [];

    protected override async Task<IMessageStore> OpenAsync()
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
        foreach (var ofCollection in MongoMessageStore.Indexes)
        {
            await connection.EnsureIndexesAsync(
                ofCollection,
                TestContext.Current.CancellationToken
            );
        }
        var store = new MongoMessageStore(connection, Time);
        _connections.Add(store, connection);
        return store;
    }

    protected override Task CloseAsync(IMessageStore store)
    {
        _connections[store].Dispose();
        return Task.CompletedTask;
    }
}
