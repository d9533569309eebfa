using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Identity;

namespace Platform.Gateway.Limits;

/// <summary>
/// A bucket of calls for each member and each service, in this process: several gateways allow as many times what one does. A stream counts
/// as one call. Operators are not limited. Buckets that are full again and unused are dropped by the limiter.
/// </summary>
internal sealed class CallLimiter : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // in small steps, so that a caller at its rate is let in evenly and not once a second
    private const int StepsASecond = 10;

    private readonly PartitionedRateLimiter<Caller> _limiter;

    public CallLimiter(IOptions<GatewayOptions> options)
    {
        var member = BucketOf(options.Value.MemberRate);
        var service = BucketOf(options.Value.ServiceRate);
        _limiter = PartitionedRateLimiter.Create<Caller, (CallerRole, string)>(caller =>
        {
            var bucket = caller.Role switch
            {
                CallerRole.Member => member,
                CallerRole.Service => service,
                _ => null,
            };
            return bucket is null
                ? RateLimitPartition.GetNoLimiter((caller.Role, ""))
                : RateLimitPartition.GetTokenBucketLimiter(
                    (caller.Role, caller.Subject),
                    _ => bucket
                );
        });
    }

    /// <summary>Takes one call out of the caller's bucket.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="retryAfter">When the next call is likely to be let in.</param>
    /// <returns>False when the bucket is empty.</returns>
    public bool TryTake(Caller caller, out TimeSpan retryAfter)
    {
        using var lease = _limiter.AttemptAcquire(caller);
        retryAfter = default;
        if (!lease.IsAcquired && !lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter))
        {
            retryAfter = Second;
        }
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();

    private static TokenBucketRateLimiterOptions? BucketOf(CallRate rate)
    {
        if (rate.PerSecond == 0)
        {
            return null;
        }
        var tokens = Math.Max(1, rate.PerSecond / StepsASecond);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate.Burst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = Second * tokens / rate.PerSecond,
            QueueLimit = 0,
            AutoReplenishment = true,
        };
    }
}
