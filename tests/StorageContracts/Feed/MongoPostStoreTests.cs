using Platform.Feed.Storage;
using Platform.Feed.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on MongoDB in a container; each opened store has a client of its own.</summary>
public sealed class MongoPostStoreTests(MongoContainer mongo) : PostStoreContract
{
    private readonly string _database = MongoContainer.NewDatabaseName();
    private readonly List<MongoConnection> _connections = [];

    public override async ValueTask InitializeAsync()
    {
        await mongo.StartAsync(Token);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        await Connect().EnsureIndexesAsync(MongoPostStore.Indexes, Token);
    }

    [Fact]
    public async Task EnsureIndexes_Again_ChangesNothing()
    {
        var connection = Connect();
        await connection.EnsureIndexesAsync(MongoPostStore.Indexes, Token);
        var indexes = connection.Collection(MongoPostStore.Indexes.Collection).Indexes;
        using var cursor = await indexes.ListAsync(Token);
        var names = new List<string>();
        while (await cursor.MoveNextAsync(Token))
        {
            names.AddRange(cursor.Current.Select(index => index["name"].AsString));
        }
        Assert.Equal(
            ["_id_", "by_author", "by_hashtag", "due", "open", "pulled", "request"],
            names.Order(StringComparer.Ordinal)
        );
    }

    protected override IPostStore Open() => new MongoPostStore(Connect());

    public override ValueTask DisposeAsync()
    {
        _connections.ForEach(connection => connection.Dispose());
        return ValueTask.CompletedTask;
    }

    private MongoConnection Connect()
    {
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
        return connection;
    }
}
