using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Networks;

namespace Platform.Testing.Containers;

internal static class ContainerBuilderExtensions
{
    /// <summary>Puts a container on a network under a name; on none when there is none.</summary>
    public static ContainerBuilder JoinedTo(
        this ContainerBuilder builder,
        INetwork? network,
        string alias
    ) => network is null ? builder : builder.WithNetwork(network).WithNetworkAliases(alias);

    /// <summary>Keeps what a container has in one of its folders in a folder of this machine; in the container when there is none.</summary>
    public static ContainerBuilder KeptIn(
        this ContainerBuilder builder,
        string? folder,
        string folderInContainer
    ) => folder is null ? builder : builder.WithBindMount(folder, folderInContainer);
}
