using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteMemberStoreTests : MemberStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<IMemberStore, SqliteDatabase> _databases = [];

    protected override Task<IMemberStore> OpenAsync()
    {
        var database = ConnectionsSchema.Open(_folder.File("connections.db"));
        var store = new SqliteMemberStore(database);
        _databases.Add(store, database);
        return Task.FromResult<IMemberStore>(store);
    }

    protected override Task CloseAsync(IMemberStore store)
    {
        _databases[store].Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
