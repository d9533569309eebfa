using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteMessageStoreTests : MessageStoreContract
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<IMessageStore, SqliteDatabase> _databases = [];

    protected override Task<IMessageStore> OpenAsync()
    {
        var database = SqliteMessageStore.Open(_folder.File("messages.db"));
        var store = new SqliteMessageStore(database, Time);
        _databases.Add(store, database);
        return Task.FromResult<IMessageStore>(store);
    }

    protected override Task CloseAsync(IMessageStore store)
    {
        _databases[store].Dispose();
        return Task.CompletedTask;
    }

    protected override Task CloseAllAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
