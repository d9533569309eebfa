using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Connections.Storage;

/// <summary>Whether the store answers.</summary>
public sealed class StoreHealthCheck(IConnectionStore store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false);
        return HealthCheckResult.Healthy();
    }
}
