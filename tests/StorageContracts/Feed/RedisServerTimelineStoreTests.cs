using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on redis-server.</summary>
public sealed class RedisServerTimelineStoreTests(RedisServerEngine engine)
    : RedisTimelineStoreContract(engine);
