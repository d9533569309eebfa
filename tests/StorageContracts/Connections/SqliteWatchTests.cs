using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteWatchTests : WatchContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;

    protected override int Histories => 12;

    // the one process has one database: its stores are views of it
    private SqliteDatabase Database =>
        _database ??= ConnectionsSchema.Open(_folder.File("connections.db"));

    protected override Task<IConnectionStore> OpenAsync() =>
        Task.FromResult<IConnectionStore>(new SqliteConnectionStore(Database));

    protected override Task<IMemberStore> OpenMembersAsync() =>
        Task.FromResult<IMemberStore>(new SqliteMemberStore(Database));

    protected override Task CloseAsync(IConnectionStore store)
    {
        _database!.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
