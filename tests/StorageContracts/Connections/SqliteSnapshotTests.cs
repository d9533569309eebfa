using Microsoft.Data.Sqlite;
using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

/// <summary>The file of the graph index, of a store on SQLite.</summary>
public sealed class SqliteSnapshotTests : SnapshotContract
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;

    private string Path => _folder.File("connections.db");

    [Fact]
    public async Task TryLoad_FarTooMuchChangedSince_IsRefused()
    {
        // of any engine; only here are so many changes made at once
        await RunAsync(20);
        await Task.WhenAll(
            Enumerable
                .Range(0, 10_001)
                .Select(pair => Store.TryStoreAsync(Invited($"x{pair}", $"y{pair}"), Cancel))
        );

        await RefusesAsync("pairs changed since");
    }

    protected override Task<IConnectionStore> OpenAsync()
    {
        _database?.Dispose();
        _database = ConnectionsSchema.Open(Path);
        return Task.FromResult<IConnectionStore>(new SqliteConnectionStore(_database));
    }

    protected override Task<IConnectionStore> WipeAsync()
    {
        Remove();
        return OpenAsync();
    }

    protected override Task<Func<Task<IConnectionStore>>> BackUpAsync()
    {
        var backup = _folder.File("backup");
        using (var database = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            database.Open();
            using var copy = new SqliteConnection($"Data Source={backup};Pooling=False");
            copy.Open();
            database.BackupDatabase(copy);
        }
        return Task.FromResult<Func<Task<IConnectionStore>>>(() =>
        {
            Remove();
            File.Copy(backup, Path);
            return OpenAsync();
        });
    }

    protected override void Close()
    {
        _database?.Dispose();
        _folder.Dispose();
    }

    private void Remove()
    {
        _database!.Dispose();
        foreach (var file in Directory.GetFiles(_folder.Path, "connections.db*"))
        {
            File.Delete(file);
        }
    }
}
