using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Telemetry;

namespace Platform.Gateway.Limits;

/// <summary>
/// Rates over all gateways. Each takes calls out of the shared buckets a tenth of a second's worth at a time and gives them to its
/// callers by itself, so almost no call waits for Redis, and a caller that is refused costs Redis nothing. All gateways together let in
/// what the bucket holds, and never more.
/// </summary>
/// <remarks>
/// While Redis does not answer each gateway counts for itself, as it does without one: a rate that is too generous for a while is better
/// than no calls. It is tried again once a second.
/// </remarks>
internal sealed partial class SharedRates : BackgroundService
{
    /// <summary>Of how many leases a second's worth of calls consists.</summary>
    private const int LeasesASecond = 10;

    private static readonly TimeSpan TriedAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(CallerRole, string), CallLease> _leases = new();
    private readonly SharedBuckets _buckets;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _alone;
    private long _awaySince;
    private int _isAway;

    public SharedRates(
        SharedBuckets buckets,
        IOptions<GatewayOptions> options,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<SharedRates> logger
    )
    {
        (_buckets, _timeout, _time, _logger) = (buckets, options.Value.RateTimeout, time, logger);
        var meter = meters.Create("Platform.Gateway");
        _alone = meter.CreateCounter<long>(
            "gateway.rates.alone",
            description: "Calls whose rate this gateway counted for itself, since Redis did not answer."
        );
        CircuitMetrics.Report(
            meter,
            "gateway.rates",
            () => Volatile.Read(ref _isAway) == 1 ? CircuitState.Open : CircuitState.Closed
        );
    }

    /// <summary>Takes one call out of the caller's bucket.</summary>
    /// <returns>Null when Redis does not answer.</returns>
    public ValueTask<RateDecision?> TakeAsync(Caller caller, CallRate rate)
    {
        if (Volatile.Read(ref _isAway) == 1 && !IsToTryAgain())
        {
            _alone.Add(1);
            return ValueTask.FromResult<RateDecision?>(null);
        }
        var lease = _leases.GetOrAdd((caller.Role, caller.Subject), static _ => new CallLease());
        var now = _time.GetTimestamp();
        if (lease.TryTake(now, out var left))
        {
            if (left < SizeOf(rate) / 2)
            {
                // nobody waits for this one; a failure is told to the log, and to the next that has to wait
                _ = lease.RefillAsync(() => AskAsync(caller, rate, lease));
            }
            return ValueTask.FromResult<RateDecision?>(RateDecision.Allowed);
        }
        return lease.IsEmpty(now, _time, out var wait)
            ? ValueTask.FromResult<RateDecision?>(new RateDecision(false, wait))
            : WaitAsync(caller, rate, lease);
    }

    /// <summary>One call tries again; the others do not wait for what it finds.</summary>
    private bool IsToTryAgain()
    {
        var since = Volatile.Read(ref _awaySince);
        var now = _time.GetTimestamp();
        return _time.GetElapsedTime(since, now) >= TriedAgainAfter
            && Interlocked.CompareExchange(ref _awaySince, now, since) == since;
    }

    /// <summary>Calls are served only when there is a connection, or none within the time for it, so that the first do not wait.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _buckets.ConnectAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            IsAway(exception);
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ForgottenAfter, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (key, lease) in _leases)
            {
                if (_time.GetElapsedTime(lease.LastUsed) > ForgottenAfter)
                {
                    // what it still held is lost to its caller, who has not called for long
                    _leases.TryRemove(KeyValuePair.Create(key, lease));
                }
            }
        }
    }

    private async ValueTask<RateDecision?> WaitAsync(Caller caller, CallRate rate, CallLease lease)
    {
        while (true)
        {
            if (!await lease.RefillAsync(() => AskAsync(caller, rate, lease)))
            {
                _alone.Add(1);
                return null;
            }
            var now = _time.GetTimestamp();
            if (lease.TryTake(now, out _))
            {
                return RateDecision.Allowed;
            }
            if (lease.IsEmpty(now, _time, out var wait))
            {
                return new RateDecision(false, wait);
            }
            // others that waited for the same refill were quicker
        }
    }

    private async Task<bool> AskAsync(Caller caller, CallRate rate, CallLease lease)
    {
        try
        {
            using var limit = new CancellationTokenSource(_timeout, _time);
            var (granted, nextAfter) = await _buckets.TakeAsync(
                RoleNames.NameOf(caller.Role),
                caller.Subject,
                rate,
                SizeOf(rate),
                limit.Token
            );
            lease.Add(granted, _time.GetTimestamp(), nextAfter);
            if (Interlocked.Exchange(ref _isAway, 0) == 1)
            {
                LogBack();
            }
            return true;
        }
        // whatever it is, a password that was changed included: calls go on without it
        catch (Exception exception)
        {
            IsAway(exception);
            return false;
        }
    }

    private void IsAway(Exception exception)
    {
        Volatile.Write(ref _awaySince, _time.GetTimestamp());
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            LogAway(exception);
        }
    }

    private static int SizeOf(CallRate rate) =>
        Math.Clamp(rate.PerSecond / LeasesASecond, 1, rate.Burst);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Redis does not answer: rates of calls are counted by this gateway for itself."
    )]
    private partial void LogAway(Exception exception);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Redis answers again: rates of calls are shared with the other gateways."
    )]
    private partial void LogBack();
}
