using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on Garnet in this process.</summary>
public sealed class GarnetTimelineStoreTests(GarnetEngine engine)
    : RedisTimelineStoreContract(engine);
