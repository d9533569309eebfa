using Platform.Connections.Storage;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The contract on MongoDB in a container.</summary>
public sealed class MongoDismissalStoreTests(MongoContainer mongo) : DismissalStoreContract
{
    private MongoConnection? _connection;

    protected override async Task<IDismissalStore> OpenAsync()
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
        await _connection.EnsureIndexesAsync(
            MongoDismissalStore.Indexes,
            TestContext.Current.CancellationToken
        );
        return new MongoDismissalStore(_connection);
    }

    protected override Task CloseAsync()
    {
        _connection?.Dispose();
        return Task.CompletedTask;
    }
}
