using MongoDB.Bson;
using MongoDB.Driver;
using Platform.Connections.Storage;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The file of the graph index, of a store on MongoDB in a container.</summary>
public sealed class MongoSnapshotTests(MongoContainer mongo) : SnapshotContract
{
    private static readonly string[] Collections = ["relationships", "store"];

    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly List<MongoConnection> _connections = [];

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
        _connections.Add(connection);
        await connection.EnsureIndexesAsync(
            MongoConnectionStore.Indexes,
            TestContext.Current.CancellationToken
        );
        return new MongoConnectionStore(connection, TimeProvider.System);
    }

    protected override async Task<IConnectionStore> WipeAsync()
    {
        foreach (var collection in Collections)
        {
            await _connections[^1].Collection(collection).DeleteManyAsync(new BsonDocument());
        }
        return await OpenAsync();
    }

    protected override async Task<Func<Task<IConnectionStore>>> BackUpAsync()
    {
        var store = new MongoConnectionStore(_connections[^1], TimeProvider.System);
        // what a store is named when it is first asked is part of its backups
        await store.GetIdentityAsync(CancellationToken.None);
        var backup = new Dictionary<string, List<BsonDocument>>(StringComparer.Ordinal);
        foreach (var collection in Collections)
        {
            backup[collection] = await _connections[^1]
                .Collection(collection)
                .Find(new BsonDocument())
                .ToListAsync();
        }
        return async () =>
        {
            var wiped = await WipeAsync();
            foreach (var (collection, documents) in backup)
            {
                await _connections[^1].Collection(collection).InsertManyAsync(documents);
            }
            return wiped;
        };
    }

    protected override void Close() => _connections.ForEach(connection => connection.Dispose());
}
