using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of blocks on deploy/local.</summary>
public sealed class LocalBlockScenarios(LocalFixture local) : BlockScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);
}
