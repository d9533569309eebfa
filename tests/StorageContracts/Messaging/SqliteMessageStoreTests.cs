using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteMessageStoreTests : MessageStoreContract
{
    private readonly TemporaryFolder _folder = new();

    protected override Task<IMessageStore> OpenAsync() =>
        Task.FromResult<IMessageStore>(new SqliteMessageStore(_folder.File("messages.db"), Time));

    protected override Task CloseAsync(IMessageStore store)
    {
        ((SqliteMessageStore)store).Dispose();
        return Task.CompletedTask;
    }

    protected override Task CloseAllAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
