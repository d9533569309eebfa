using Platform.Follows.Storage;
using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on <see cref="RedisFollowStore"/>; a subclass says on which engine.</summary>
public abstract class RedisFollowStoreContract(RedisEngine engine)
    : FollowStoreContract,
        IAsyncLifetime
{
    protected RedisEngine Engine { get; } = engine;

    public ValueTask InitializeAsync() => Engine.RequireAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected override IFollowStore CreateStore(
        int snapshotLimit = RedisFollowStore.SnapshotLimit
    ) => new RedisFollowStore(Engine.Connect(), Time, snapshotLimit);
}
