using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Connections.Network;

/// <summary>Whether network queries are served. It has a health of its own: checks are served without the index.</summary>
public sealed class NetworkHealthCheck(NetworkIndex index) : IHealthCheck
{
    /// <summary>The name that a health probe asks for.</summary>
    public const string ServiceName = "platform.connections.network";

    /// <summary>Tells this check from those of the whole service.</summary>
    public const string Tag = "network";

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            index.IsReady
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The graph index is still loading.")
        );
}
