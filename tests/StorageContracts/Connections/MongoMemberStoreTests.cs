using Platform.Connections.Storage;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoMemberStoreTests(MongoContainer mongo) : MemberStoreContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly Dictionary<IMemberStore, MongoConnection> _connections = [];

    protected override async Task<IMemberStore> OpenAsync()
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
            MongoMemberStore.Indexes,
            TestContext.Current.CancellationToken
        );
        var store = new MongoMemberStore(connection);
        _connections.Add(store, connection);
        return store;
    }

    protected override Task CloseAsync(IMemberStore store)
    {
        _connections[store].Dispose();
        return Task.CompletedTask;
    }
}
