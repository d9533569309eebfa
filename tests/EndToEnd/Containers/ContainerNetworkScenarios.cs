using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios of the network on containers: MongoDB, Redis, and the services' own images.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerNetworkScenarios(ContainerPlatform containers) : NetworkScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
