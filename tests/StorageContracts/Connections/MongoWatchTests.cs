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
    private MongoConnection? _ofMembers;

    protected override int Histories => 2;

    protected override async Task<IConnectionStore> OpenAsync()
    {
        var connection = await ConnectAsync();
        await connection.EnsureIndexesAsync(
            MongoConnectionStore.Indexes,
            TestContext.Current.CancellationToken
        );
        var store = new MongoConnectionStore(connection, TimeProvider.System);
        _connections.Add(store, connection);
        return store;
    }

    protected override async Task<IMemberStore> OpenMembersAsync() =>
        new MongoMemberStore(_ofMembers = await ConnectAsync());

    protected override Task CloseAsync(IConnectionStore store)
    {
        _connections[store].Dispose();
        _ofMembers?.Dispose();
        return Task.CompletedTask;
    }

    private async Task<MongoConnection> ConnectAsync()
    {
        await mongo.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        return new MongoConnection(
            new StorageOptions
            {
                ConnectionString = mongo.ConnectionString,
                Database = _database,
                // the machine of a test may be busy with something else
                CommandTimeout = TimeSpan.FromSeconds(30),
            }
        );
    }
}
