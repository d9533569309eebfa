using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Feed.Storage;

/// <summary>Whether the store answers.</summary>
public sealed class StoreHealthCheck(IPostStore store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await store.GetLargestIdAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
