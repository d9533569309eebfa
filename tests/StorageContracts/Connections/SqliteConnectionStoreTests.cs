using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteConnectionStoreTests : ConnectionStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HashSet<IConnectionStore> _stores = [];

    // the one process has one database: its stores are views of it
    private SqliteDatabase? _database;

    protected override Task<IConnectionStore> OpenAsync()
    {
        _database ??= ConnectionsSchema.Open(_folder.File("connections.db"));
        var store = new SqliteConnectionStore(_database);
        _stores.Add(store);
        return Task.FromResult<IConnectionStore>(store);
    }

    protected override Task CloseAsync(IConnectionStore store)
    {
        _stores.Remove(store);
        if (_stores.Count == 0)
        {
            _database?.Dispose();
            _database = null;
        }
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Check_ReadsTheIndexOfPairsAndNoRow()
    {
        var plan = await _database!.ReadAsync(
            session =>
            {
                using var row = session.Statement(
                    $"EXPLAIN QUERY PLAN {SqliteConnectionStore.StatusSql}"
                );
                Assert.True(row.Step());
                return row.GetString(3);
            },
            TestContext.Current.CancellationToken
        );

        Assert.Contains("USING COVERING INDEX relationships_pair", plan, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
