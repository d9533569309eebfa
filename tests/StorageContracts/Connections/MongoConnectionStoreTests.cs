using MongoDB.Bson;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoConnectionStoreTests(MongoContainer mongo) : ConnectionStoreContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly Dictionary<IConnectionStore, MongoConnection> _connections = [];

    [Fact]
    public async Task ReadChanges_TwoPairsOfOneRevision_AreNotSeparated()
    {
        // two processes may give one revision twice; here it is forced
        var cancel = TestContext.Current.CancellationToken;
        var store = await OpenAsync();
        var documents = _connections[store].Collection("relationships");
        foreach (var pair in new[] { ("ann", "bob"), ("ann", "eve"), ("dan", "tom") })
        {
            var invitation = Relationship
                .None(MemberPair.Of(pair.Item1, pair.Item2))
                .Send(
                    new RelationshipCommand(pair.Item1, DateTimeOffset.UnixEpoch),
                    "",
                    null,
                    new InvitationPolicy(TimeSpan.FromDays(1), TimeSpan.Zero, TimeSpan.Zero)
                );
            await store.TryStoreAsync(invitation.Next!, cancel);
        }
        await documents.UpdateManyAsync(
            new BsonDocument("low", "ann"),
            new BsonDocument("$set", new BsonDocument("revision", 7L)),
            cancellationToken: cancel
        );

        var page = await store.ReadChangesAsync(0, 1, cancel);

        Assert.Equal(["bob", "eve"], page.Select(change => change.Pair.High));
        var rest = Assert.Single(await store.ReadChangesAsync(7, 1, cancel));
        Assert.Equal("tom", rest.Pair.High);
        await CloseAsync(store);
    }

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
