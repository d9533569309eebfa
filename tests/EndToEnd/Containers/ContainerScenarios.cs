using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios on containers: MongoDB, Redis, and the services' own images.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerScenarios(ContainerPlatform containers) : PlatformScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
