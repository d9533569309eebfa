namespace Platform.Benchmarks.Harness;

/// <summary>What one load run measured.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Calls">How many calls answered OK.</param>
/// <param name="Errors">How many did not; a figure with errors is no figure.</param>
/// <param name="Elapsed">Wall time of the run.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">99th percentile of the latency.</param>
/// <param name="ServerCpu">Processor time the server spent meanwhile; null if it cannot be told.</param>
/// <param name="Limit">The name of the figure this one is compared with; null for limits themselves.</param>
public sealed record Figure(
    string Name,
    long Calls,
    long Errors,
    TimeSpan Elapsed,
    TimeSpan P50,
    TimeSpan P99,
    TimeSpan? ServerCpu,
    string? Limit = null
)
{
    /// <summary>Calls a second.</summary>
    public double Rate => Calls / Elapsed.TotalSeconds;

    /// <summary>Processor time of the server a call, in microseconds.</summary>
    public double? CpuMicroseconds => Calls == 0 ? null : ServerCpu?.TotalMicroseconds / Calls;
}
