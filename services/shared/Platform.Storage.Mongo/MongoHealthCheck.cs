using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.ServiceDefaults.Errors;

namespace Platform.Storage.Mongo;

/// <summary>Ready when the indexes are there and the primary answers.</summary>
internal sealed class MongoHealthCheck(MongoConnection connection, MongoIndexWorker indexes)
    : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (!indexes.IsDone)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                "The indexes are not made yet."
            );
        }
        try
        {
            await connection.PingAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (DomainException refusal)
        {
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                "MongoDB does not answer.",
                refusal
            );
        }
    }
}
