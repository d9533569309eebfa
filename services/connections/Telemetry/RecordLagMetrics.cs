using System.Diagnostics.Metrics;
using Platform.Connections.Network;
using Platform.Connections.Watch;

namespace Platform.Connections.Telemetry;

/// <summary>Reports how far what this process tells of changes is behind the store. Nothing is read for it: both are read as they stand.</summary>
internal sealed class RecordLagMetrics(IMeterFactory meters, ChangeFeed feed, NetworkIndex network)
    : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(ConnectionMetrics.MeterName);
        meter.CreateObservableGauge(
            "connections.watch.lag",
            () => feed.Lag.TotalSeconds,
            "s",
            "How long ago the record of changes was last read to its end for watchers and the graph index; 0 while nobody needs it."
        );
        meter.CreateObservableGauge(
            "connections.network.lag",
            () => network.Lag.TotalSeconds,
            "s",
            "How long ago the graph index last held all that the store held; since the start while it is loaded."
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
