using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of live home feeds on deploy/local.</summary>
public sealed class LocalFeedScenarios(LocalFixture local) : FeedScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);
}
