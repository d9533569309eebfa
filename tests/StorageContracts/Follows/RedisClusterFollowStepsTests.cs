using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on a Redis Cluster of three masters.</summary>
public sealed class RedisClusterFollowStepsTests(RedisClusterEngine engine)
    : FollowStepsContract(engine);
