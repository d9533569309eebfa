using System.Globalization;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Gateway.Limits;

/// <summary>
/// The token buckets that all gateways share, in Redis: of each caller <c>{prefix}rate:{role}:{subject}</c>, a hash of the tokens that are
/// left (<c>t</c>) and when they were counted, in milliseconds (<c>at</c>). It goes when the bucket would be full again.
/// </summary>
internal sealed class SharedBuckets(RedisConnection redis, TimeProvider time)
{
    // Clocks of gateways differ: time only ever goes on, so the one that is ahead decides, and a difference gives no tokens twice. What
    // a wrong clock has left in the future is forgotten with the bucket, which lives on only while it gives something or fills.
    private const string TakeScript = """
        local rate, burst, want, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
        local held = redis.call('HMGET', KEYS[1], 't', 'at')
        local tokens = tonumber(held[1] or '') or burst
        local at = held[2] or now
        local isLiving = held[2] == false
        if tonumber(now) > tonumber(at) then
          tokens = math.min(burst, tokens + (tonumber(now) - tonumber(at)) * rate / 1000)
          at = now
          isLiving = true
        end
        local granted = math.min(want, math.floor(tokens))
        tokens = tokens - granted
        redis.call('HSET', KEYS[1], 't', string.format('%.3f', tokens), 'at', at)
        if isLiving or granted > 0 then
          redis.call('PEXPIRE', KEYS[1], math.ceil(burst * 1000 / rate) + 1000)
        end
        return {granted, math.ceil(math.max(0, 1 - tokens) * 1000 / rate)}
        """;

    /// <summary>Takes up to so many calls out of a bucket.</summary>
    /// <param name="role">The role of the caller, as in its token.</param>
    /// <param name="subject">Who it is.</param>
    /// <param name="rate">The size of the bucket, and how it fills.</param>
    /// <param name="wanted">How many calls, at least 1.</param>
    /// <returns>How many there were, 0 to <paramref name="wanted"/>, and after which time there is one more.</returns>
    /// <exception cref="DomainException">Redis does not answer.</exception>
    public async Task<(int Granted, TimeSpan NextAfter)> TakeAsync(
        string role,
        string subject,
        CallRate rate,
        int wanted,
        CancellationToken cancellationToken
    )
    {
        var answer = (RedisResult[])
            (
                await redis.EvaluateAsync(
                    TakeScript,
                    [$"{redis.KeyPrefix}rate:{role}:{subject}"],
                    [
                        rate.PerSecond,
                        rate.Burst,
                        wanted,
                        time.GetUtcNow()
                            .ToUnixTimeMilliseconds()
                            .ToString(CultureInfo.InvariantCulture),
                    ],
                    cancellationToken
                )
            )!;
        return ((int)answer[0], TimeSpan.FromMilliseconds((long)answer[1]));
    }

    /// <summary>Connects, and has Redis learn the script.</summary>
    /// <exception cref="DomainException">Redis does not answer.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken) =>
        TakeAsync("none", "", new CallRate { PerSecond = 1, Burst = 1 }, 0, cancellationToken);
}
