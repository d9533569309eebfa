using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on redis-server.</summary>
public sealed class RedisServerFollowStepsTests(RedisServerEngine engine)
    : FollowStepsContract(engine);
