using Microsoft.Extensions.Options;
using Platform.Feed.Timelines;
using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on <see cref="RedisTimelineStore"/>; a subclass says on which engine.</summary>
public abstract class RedisTimelineStoreContract(RedisEngine engine)
    : TimelineStoreContract,
        IAsyncLifetime
{
    public ValueTask InitializeAsync() => engine.RequireAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected override ITimelineStore CreateStore(TimelineOptions options) =>
        new RedisTimelineStore(engine.Connect(), Options.Create(options), TimeProvider.System);
}
