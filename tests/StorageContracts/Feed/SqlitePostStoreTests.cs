using Platform.Feed.Storage;
using Platform.Feed.Storage.Sqlite;
using Platform.Testing;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on SQLite.</summary>
public sealed class SqlitePostStoreTests : PostStoreContract
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqlitePostStore> _stores = [];

    protected override IPostStore Open()
    {
        var store = new SqlitePostStore(_folder.File("posts.db"));
        _stores.Add(store);
        return store;
    }

    public override ValueTask DisposeAsync()
    {
        _stores.ForEach(store => store.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
