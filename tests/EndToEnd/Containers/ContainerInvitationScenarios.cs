using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios of invitations on containers.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerInvitationScenarios(ContainerPlatform containers) : InvitationScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
