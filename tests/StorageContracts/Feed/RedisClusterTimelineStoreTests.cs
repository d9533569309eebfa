using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>The contract on a Redis Cluster of three masters.</summary>
public sealed class RedisClusterTimelineStoreTests(RedisClusterEngine engine)
    : RedisTimelineStoreContract(engine);
