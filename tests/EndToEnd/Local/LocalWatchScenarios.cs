using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of watching and erasing on deploy/local.</summary>
public sealed class LocalWatchScenarios(LocalFixture local) : WatchScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);
}
