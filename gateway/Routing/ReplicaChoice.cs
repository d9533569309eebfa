using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Platform.Gateway.Routing;

/// <summary>
/// How one of several replicas is chosen, the same for every service: of two drawn by lot the one with fewer calls under way, of those that
/// are healthy, or of all where none is.
/// </summary>
internal sealed class ReplicaChoice : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(
        ClusterConfig cluster,
        CancellationToken cancel
    ) =>
        ValueTask.FromResult(
            cluster with
            {
                LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
                HealthCheck = new HealthCheckConfig
                {
                    AvailableDestinationsPolicy = HealthCheckConstants
                        .AvailableDestinations
                        .HealthyOrPanic,
                    // one state a replica: ReplicaHealth sets it, by what it asks and by calls that did not get through
                    Passive = new PassiveHealthCheckConfig { Enabled = true },
                },
            }
        );

    public ValueTask<RouteConfig> ConfigureRouteAsync(
        RouteConfig route,
        ClusterConfig? cluster,
        CancellationToken cancel
    ) => ValueTask.FromResult(route);
}
