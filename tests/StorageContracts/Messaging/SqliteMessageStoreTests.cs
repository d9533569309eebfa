using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteMessageStoreTests : MessageStoreContract
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;
    private int _open;

    // a file has one owner: here replicas are stores of one process
    protected override Task<IMessageStore> OpenAsync()
    {
        _database ??= SqliteMessageStore.Open(_folder.File("messages.db"));
        _open++;
        return Task.FromResult<IMessageStore>(new SqliteMessageStore(_database, Time));
    }

    protected override Task CloseAsync(IMessageStore store)
    {
        if (--_open == 0)
        {
            _database!.Dispose();
            _database = null;
        }
        return Task.CompletedTask;
    }

    protected override Task CloseAllAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
