using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Identity;

namespace Platform.Gateway.Limits;

/// <summary>
/// A bucket of calls for each member and each service: shared with the other gateways where there is a Redis (<see cref="SharedRates"/>),
/// else, and while Redis does not answer, in this process. A stream counts as one call. Operators are not limited. Buckets that are full
/// again and unused are dropped.
/// </summary>
internal sealed class CallLimiter : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // in small steps, so that a caller at its rate is let in evenly and not once a second
    private const int StepsASecond = 10;

    private readonly PartitionedRateLimiter<Caller> _limiter;

    private readonly SharedRates? _shared;
    private readonly GatewayOptions _options;

    public CallLimiter(IOptions<GatewayOptions> options, SharedRates? shared = null)
    {
        (_options, _shared) = (options.Value, shared);
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
    public ValueTask<RateDecision> TakeAsync(Caller caller)
    {
        if (_shared is null || RateOf(caller) is not { PerSecond: > 0 } rate)
        {
            return ValueTask.FromResult(TakeHere(caller));
        }
        var taken = _shared.TakeAsync(caller, rate);
        return taken.IsCompletedSuccessfully
            ? ValueTask.FromResult(taken.Result ?? TakeHere(caller))
            : WaitAsync(caller, taken);
    }

    public void Dispose() => _limiter.Dispose();

    private async ValueTask<RateDecision> WaitAsync(
        Caller caller,
        ValueTask<RateDecision?> taken
    ) => await taken ?? TakeHere(caller);

    private CallRate? RateOf(Caller caller) =>
        caller.Role switch
        {
            CallerRole.Member => _options.MemberRate,
            CallerRole.Service => _options.ServiceRate,
            _ => null,
        };

    private RateDecision TakeHere(Caller caller)
    {
        using var lease = _limiter.AttemptAcquire(caller);
        return lease.IsAcquired ? RateDecision.Allowed
            : lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter)
                ? new RateDecision(false, retryAfter)
            : new RateDecision(false, Second);
    }

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
