using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of recommendations on deploy/local.</summary>
public sealed class LocalRecommendationScenarios(LocalFixture local) : RecommendationScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);
}
