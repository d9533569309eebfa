using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteRecommendationStoreTests : RecommendationStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<IRecommendationStore, SqliteDatabase> _databases = [];

    protected override Task<IRecommendationStore> OpenAsync()
    {
        var database = ConnectionsSchema.Open(_folder.File("connections.db"));
        var store = new SqliteRecommendationStore(database);
        _databases.Add(store, database);
        return Task.FromResult<IRecommendationStore>(store);
    }

    protected override Task CloseAsync(IRecommendationStore store)
    {
        _databases[store].Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
