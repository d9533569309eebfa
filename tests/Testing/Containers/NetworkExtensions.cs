using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Networks;

namespace Platform.Testing.Containers;

internal static class NetworkExtensions
{
    /// <summary>Puts a container on a network under a name; on none when there is none.</summary>
    public static ContainerBuilder JoinedTo(
        this ContainerBuilder builder,
        INetwork? network,
        string alias
    ) => network is null ? builder : builder.WithNetwork(network).WithNetworkAliases(alias);
}
