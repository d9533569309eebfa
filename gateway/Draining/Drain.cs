using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Platform.Gateway.Draining;

/// <summary>
/// How this gateway stops: first it says that it does not serve and serves on, for <c>Gateway:DrainTime</c>, so that whoever chooses
/// among gateways chooses another; then streams are ended, which would not end by themselves, no connection is accepted any more, and the
/// calls under way have their time.
/// </summary>
internal sealed class Drain(IOptions<GatewayOptions> options, TimeProvider time)
    : IHostedLifecycleService,
        IHealthCheck,
        IDisposable
{
    private readonly CancellationTokenSource _streamsEnd = new();
    private volatile bool _hasBegun;

    /// <summary>Whether it is to be said that this gateway does not serve.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Cancelled when streams are to end.</summary>
    public CancellationToken StreamsEnd => _streamsEnd.Token;

    /// <summary>Runs before the server stops; services that stop in the usual way do so beside it or after it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        try
        {
            await Task.Delay(options.Value.DrainTime, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // there is no time left; what is open ends now
        }
        await _streamsEnd.CancelAsync();
    }

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            _hasBegun ? HealthCheckResult.Unhealthy("It stops.") : HealthCheckResult.Healthy()
        );

    public void Dispose() => _streamsEnd.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
