using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteDismissalStoreTests : DismissalStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;

    protected override Task<IDismissalStore> OpenAsync()
    {
        _database = ConnectionsSchema.Open(_folder.File("connections.db"));
        return Task.FromResult<IDismissalStore>(new SqliteDismissalStore(_database));
    }

    protected override Task CloseAsync()
    {
        _database?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
