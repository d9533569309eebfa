using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of messaging on deploy/local.</summary>
public sealed class LocalMessagingScenarios(LocalFixture local) : MessagingScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);
}
