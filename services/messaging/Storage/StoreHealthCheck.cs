using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Messaging.Storage;

/// <summary>Whether the store answers.</summary>
public sealed class StoreHealthCheck(IMessageStore store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await store.CountUnreadAsync("-", cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
