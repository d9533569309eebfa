using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Draining;

/// <summary>
/// How a server stops: first it says that it does not serve and serves on, for <c>Shutdown:DrainTime</c>, so that whoever chooses among
/// replicas chooses another; only then it accepts no connection any more, and the calls under way have their time. One that stopped at once would
/// reset connections on which calls have just been sent, and nobody could tell whether those were done.
/// </summary>
public sealed class Drain(IOptions<DrainOptions> options, TimeProvider time)
    : IHostedLifecycleService,
        IHealthCheck,
        IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private volatile bool _hasBegun;

    /// <summary>Whether it is to be said that this replica does not serve.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Cancelled when the time in which it serves on is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Runs before the server stops; services that stop in the usual way do so beside it or after it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_over.IsCancellationRequested)
        {
            // told to stop once more
            return;
        }
        _hasBegun = true;
        try
        {
            await Task.Delay(options.Value.DrainTime, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // there is no time left; what is open ends now
        }
        await _over.CancelAsync();
    }

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            _hasBegun ? HealthCheckResult.Unhealthy("It stops.") : HealthCheckResult.Healthy()
        );

    public void Dispose() => _over.Dispose();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
