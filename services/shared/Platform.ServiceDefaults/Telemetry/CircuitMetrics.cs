using System.Diagnostics.Metrics;

namespace Platform.ServiceDefaults.Telemetry;

/// <summary>Reports circuits, all by one metric.</summary>
public static class CircuitMetrics
{
    /// <summary>Reports a circuit from now on.</summary>
    /// <param name="meter">Of the service that has the circuit.</param>
    /// <param name="circuit">Its name, such as <c>messaging.gate</c>.</param>
    /// <param name="state">How it is now.</param>
    public static void Report(Meter meter, string circuit, Func<CircuitState> state)
    {
        ArgumentNullException.ThrowIfNull(meter);
        var tag = new KeyValuePair<string, object?>("circuit", circuit);
        meter.CreateObservableGauge(
            "platform.circuit.state",
            () => new Measurement<int>((int)state(), tag),
            description: "Whether calls go through: 0 all, 1 one that tries, 2 none."
        );
    }
}
