using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Platform.Gateway.Health;

/// <summary>
/// Keeps calls away from replicas that do not serve: those that say so, or do not answer, when they are asked, every
/// <c>Gateway:ReplicaHealthInterval</c>, and at once those that accepted no connection for a call. A replica that serves when it is asked is
/// used again. What it said last (YARP's active state) is kept apart from whether it answers (the passive one):
/// <see cref="Routing.WillingReplicas"/>.
/// </summary>
internal sealed partial class ReplicaHealth(
    IProxyStateLookup proxy,
    IDestinationHealthUpdater states,
    ServiceProbe probe,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<ReplicaHealth> logger
) : BackgroundService
{
    // YARP forgets by itself that a replica did not answer, however often it hears it, and sends calls there until it hears it anew
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(1);

    private readonly TimeSpan _interval = options.Value.ReplicaHealthInterval;

    /// <summary>A call found that the replica accepts no connection.</summary>
    public void NotReached(ClusterState service, DestinationState replica) =>
        Set(service, replica, DestinationHealth.Unhealthy);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        HashSet<(string Address, string? Name)> asked = [];
        do
        {
            // where there is no other, its health changes nothing
            var replicas = proxy
                .GetClusters()
                .Where(service => service.Destinations.Count > 1)
                .SelectMany(service =>
                    service.Destinations.Values.Select(replica => (service, replica))
                )
                .ToList();
            var asking = replicas
                .Select(pair =>
                    (pair.replica.Model.Config.Address, Name: pair.replica.Model.Config.Host)
                )
                .ToHashSet();
            // pods come and go by the thousand over the life of a gateway
            foreach (var gone in asked.Except(asking))
            {
                probe.Forget(gone.Address, gone.Name);
            }
            asked = asking;
            await Task.WhenAll(
                replicas.Select(pair => AskAsync(pair.service, pair.replica, stoppingToken))
            );
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task AskAsync(
        ClusterState service,
        DestinationState replica,
        CancellationToken cancellationToken
    )
    {
        var state = await probe.AskAsync(
            replica.Model.Config.Address,
            replica.Model.Config.Host,
            cancellationToken
        );
        if (state != ServiceProbe.Unreachable)
        {
            SetSaid(service, replica, HealthOf(state));
        }
        Set(service, replica, HealthOf(state));
    }

    private static DestinationHealth HealthOf(string state) =>
        state == ServiceProbe.Serving ? DestinationHealth.Healthy : DestinationHealth.Unhealthy;

    private void SetSaid(ClusterState service, DestinationState replica, DestinationHealth health)
    {
        if (replica.Health.Active != health)
        {
            states.SetActive(service, [new NewActiveDestinationHealth(replica, health)]);
        }
    }

    private void Set(ClusterState service, DestinationState replica, DestinationHealth health)
    {
        var before = replica.Health.Passive;
        if (before == health)
        {
            return;
        }
        states.SetPassive(service, replica, health, ForgottenAfter);
        if (before == DestinationHealth.Unhealthy || health == DestinationHealth.Unhealthy)
        {
            LogChange(service.ClusterId, replica.DestinationId, health);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A replica of the {Service} service, {Replica}, is {Health}."
    )]
    private partial void LogChange(string service, string replica, DestinationHealth health);
}
