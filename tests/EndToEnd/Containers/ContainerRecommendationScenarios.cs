using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios of recommendations on containers: MongoDB, Redis, and the services' own images.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerRecommendationScenarios(ContainerPlatform containers)
    : RecommendationScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
