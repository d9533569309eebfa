using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteConnectionStoreTests : ConnectionStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<IConnectionStore, SqliteDatabase> _databases = [];

    protected override Task<IConnectionStore> OpenAsync()
    {
        var database = ConnectionsSchema.Open(_folder.File("connections.db"));
        var store = new SqliteConnectionStore(database);
        _databases.Add(store, database);
        return Task.FromResult<IConnectionStore>(store);
    }

    protected override Task CloseAsync(IConnectionStore store)
    {
        _databases[store].Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
