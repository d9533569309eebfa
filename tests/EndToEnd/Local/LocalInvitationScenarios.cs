using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Local;

/// <summary>The scenarios of invitations on deploy/local.</summary>
public sealed class LocalInvitationScenarios(LocalFixture local) : InvitationScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => Task.FromResult(local.Platform);
}
