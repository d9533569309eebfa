using Yarp.ReverseProxy.Configuration;

namespace Platform.Gateway.Routing;

/// <summary>Puts the address of its service into each cluster, so that routes.json stays free of addresses.</summary>
internal sealed class ServiceAddressFilter(ServiceAddresses addresses) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(
        ClusterConfig cluster,
        CancellationToken cancel
    ) =>
        ValueTask.FromResult(
            cluster with
            {
                Destinations = new Dictionary<string, DestinationConfig>
                {
                    [cluster.ClusterId] = new() { Address = addresses.All[cluster.ClusterId] },
                },
            }
        );

    public ValueTask<RouteConfig> ConfigureRouteAsync(
        RouteConfig route,
        ClusterConfig? cluster,
        CancellationToken cancel
    ) => ValueTask.FromResult(route);
}
