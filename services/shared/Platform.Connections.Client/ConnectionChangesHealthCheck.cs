using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Platform.Connections.Client;

/// <summary>
/// Degraded while the record is followed with too great a lag. Never unhealthy: what the service keeps can still be read, and a
/// restart would not bring connections back.
/// </summary>
public sealed class ConnectionChangesHealthCheck(
    ConnectionChangesStatus status,
    IOptions<ConnectionChangesOptions> options
) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            status.Lag is { } lag && lag > options.Value.DegradedLag
                ? HealthCheckResult.Degraded(
                    $"Connections' changes of the last {lag.TotalSeconds:0} s are not applied."
                )
                : HealthCheckResult.Healthy()
        );
}
