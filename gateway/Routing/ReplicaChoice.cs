using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace Platform.Gateway.Routing;

/// <summary>
/// How one of several replicas is chosen, the same for every service: of two drawn by lot the one with fewer calls under way, of those that
/// may be called: see <see cref="WillingReplicas"/>.
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
                    AvailableDestinationsPolicy = WillingReplicas.PolicyName,
                    // ReplicaHealth sets both states: active is what a replica said last, passive whether it answers
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
