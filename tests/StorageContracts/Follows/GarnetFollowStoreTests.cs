using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on Garnet in this process.</summary>
public sealed class GarnetFollowStoreTests(GarnetEngine engine) : RedisFollowStoreContract(engine);
