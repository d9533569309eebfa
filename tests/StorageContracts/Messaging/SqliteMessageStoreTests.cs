using Platform.Messaging.Storage;
using Platform.Messaging.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Messaging;

/// <summary>The contract on SQLite.</summary>
public sealed class SqliteMessageStoreTests : MessageStoreContract
{
    private readonly TemporaryFolder _folder = new();

    protected override IMessageStore Open() =>
        new SqliteMessageStore(_folder.File("messages.db"), Time);

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }
}
