using System.Diagnostics.Metrics;
using Platform.Common.V1;

namespace Platform.ServiceDefaults.Errors;

/// <summary>
/// Counts answers that are refusals, by their reason. A gRPC call that was refused is HTTP 200 to whoever counts requests, so
/// nothing else shows them. Reasons are a closed list: no tag grows with what callers send.
/// </summary>
internal static class RefusalMetrics
{
    private static readonly Meter Meter = new("Platform.ServiceDefaults");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "platform.refusals",
        "{refusal}",
        "Calls that were answered with a refusal, by reason."
    );

    public static void Count(ErrorReason reason) =>
        Refusals.Add(1, new KeyValuePair<string, object?>("reason", ErrorCatalog.NameOf(reason)));
}
