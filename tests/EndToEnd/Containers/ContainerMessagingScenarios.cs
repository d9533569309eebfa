using Platform.Tests.EndToEnd.Scenarios;

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>The scenarios of messaging on containers.</summary>
[Collection(ContainerCollection.Name)]
public sealed class ContainerMessagingScenarios(ContainerPlatform containers) : MessagingScenarios
{
    protected override Task<PlatformEndpoint> StartAsync() => containers.StartOrSkipAsync();
}
