using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios of follows on containers: MongoDB, Redis, and the services' own images.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerFollowScenarios(ContainerPlatform containers) : FollowScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
