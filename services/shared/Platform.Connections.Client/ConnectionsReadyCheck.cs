using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Platform.Connections.Client;

/// <summary>
/// Not ready before connections answers in time, so that a balancer sends nobody to a replica that would refuse them. Only at start,
/// and not for long: while connections is away, the rest works here.
/// </summary>
public sealed class ConnectionsReadyCheck(ConnectionsWarmUpWorker warmUp, TimeProvider time)
    : IHealthCheck
{
    /// <summary>How long after its start a replica waits for connections before it serves without.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly long _started = time.GetTimestamp();

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            warmUp.IsDone || time.GetElapsedTime(_started) > Patience
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(
                    context.Registration.FailureStatus,
                    "Connections has not answered yet."
                )
        );
}
