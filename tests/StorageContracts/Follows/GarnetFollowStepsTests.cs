using Platform.Tests.StorageContracts.Engines;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>The contract on Garnet in this process.</summary>
public sealed class GarnetFollowStepsTests(GarnetEngine engine) : FollowStepsContract(engine);
