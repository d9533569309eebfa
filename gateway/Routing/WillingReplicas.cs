using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Platform.Gateway.Routing;

/// <summary>
/// Which replicas of a service may be called: those that are healthy; where none is, those that never said that they do not serve, since one
/// that did not answer in time may only be busy; else all. So a replica that drains is left in peace while the others are slow.
/// </summary>
internal sealed class WillingReplicas : IAvailableDestinationsPolicy
{
    public const string PolicyName = "Willing";

    public string Name => PolicyName;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(
        ClusterConfig config,
        IReadOnlyList<DestinationState> allDestinations
    )
    {
        var willing = allDestinations
            .Where(replica => replica.Health.Active != DestinationHealth.Unhealthy)
            .ToList();
        var healthy = willing
            .Where(replica => replica.Health.Passive != DestinationHealth.Unhealthy)
            .ToList();
        return healthy.Count > 0 ? healthy
            : willing.Count > 0 ? willing
            : allDestinations;
    }
}
