using System.Diagnostics.Metrics;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Telemetry;

namespace Platform.Messaging.Connections;

/// <summary>What the gate counts; the meter is <c>Platform.Messaging</c>.</summary>
public sealed class GateMetrics
{
    private readonly Counter<long> _refusals;

    public GateMetrics(IMeterFactory meters, GateCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("Platform.Messaging");
        _refusals = meter.CreateCounter<long>(
            "messaging.gate.refusals",
            "{refusal}",
            "What the gate did not let pass, by reason."
        );
        CircuitMetrics.Report(meter, "messaging.gate", () => circuit.State);
    }

    /// <summary>The gate has said no.</summary>
    public void Refused(ErrorReason reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", ErrorCatalog.NameOf(reason)));
}
