using Platform.Feed.Storage;
using Platform.Feed.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on SQLite.</summary>
public sealed class SqlitePostStoreTests : PostStoreContract
{
    private readonly TemporaryFolder _folder = new();

    // on SQLite a service is one process, which has one store
    private SqlitePostStore? _store;

    protected override IPostStore Open() =>
        _store ??= new SqlitePostStore(_folder.File("posts.db"));

    public override ValueTask DisposeAsync()
    {
        _store?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
