using Platform.Connections.Storage;
using Platform.Connections.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Connections;

public sealed class SqliteConnectionStoreTests : ConnectionStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override Task<IConnectionStore> OpenAsync() =>
        Task.FromResult<IConnectionStore>(
            new SqliteConnectionStore(_folder.File("connections.db"))
        );

    protected override Task CloseAsync(IConnectionStore store)
    {
        ((SqliteConnectionStore)store).Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
