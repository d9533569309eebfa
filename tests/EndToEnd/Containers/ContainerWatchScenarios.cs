using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios of watching and erasing on containers: MongoDB, Redis, and the services' own images.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerWatchScenarios(ContainerPlatform containers) : WatchScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
