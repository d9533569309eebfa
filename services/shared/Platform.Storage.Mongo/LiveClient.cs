using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Platform.Storage.Mongo;

/// <summary>A client of the driver that shares nothing with others, what is reached through it, and the signs of life of its monitors.</summary>
internal sealed class LiveClient : IDisposable
{
    private readonly MongoClient _client;
    private readonly ConcurrentDictionary<
        (string Name, ReadConcern Concern),
        IMongoCollection<BsonDocument>
    > _collections = new();

    /// <summary>Makes the client; it connects by itself.</summary>
    public LiveClient(MongoClientSettings settings, string database, TimeProvider time)
    {
        Heartbeats = new MongoHeartbeats(time, MongoHeartbeats.LimitOf(settings));
        var own = settings.Clone();
        // The driver gives clients of equal settings one cluster, and with it the monitors. This is compared by reference.
        own.ClusterConfigurator = Heartbeats.Subscribe;
        _client = new MongoClient(own);
        Database = _client.GetDatabase(database);
    }

    public MongoHeartbeats Heartbeats { get; }

    public IMongoDatabase Database { get; }

    /// <summary>A collection, read with a read concern; the same object each time.</summary>
    public IMongoCollection<BsonDocument> Collection(string name, ReadConcern concern) =>
        _collections.GetOrAdd(
            (name, concern),
            static (key, database) =>
                database.GetCollection<BsonDocument>(
                    key.Name,
                    new MongoCollectionSettings { ReadConcern = key.Concern }
                ),
            Database
        );

    /// <summary>Ends it at once for whoever asks; a command that is under way keeps its connection to the end.</summary>
    public void Dispose()
    {
        var cluster = _client.Cluster;
        _client.Dispose();
        // A client leaves its cluster as it is, as others may share it. The driver says goodbye to the server first and waits for the
        // answer without a limit: nobody else waits with it.
        _ = Task.Run(() => ClusterRegistry.Instance.UnregisterAndDisposeCluster(cluster));
    }
}
