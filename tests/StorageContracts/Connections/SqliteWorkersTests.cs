using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteWorkersTests : WorkersContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;

    protected override Task<Stores> OpenAsync()
    {
        _database = ConnectionsSchema.Open(_folder.File("connections.db"));
        return Task.FromResult(
            new Stores(
                new SqliteConnectionStore(_database),
                new SqliteMemberStore(_database),
                new SqliteRecommendationStore(_database),
                new SqliteDismissalStore(_database)
            )
        );
    }

    protected override Task CloseAsync()
    {
        _database?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
