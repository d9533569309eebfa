using Microsoft.Extensions.Hosting;

namespace Platform.ServiceDefaults.Limits;

/// <summary>
/// Looks at the policy file now and then. It is read rather than watched: mounted files are often links that are exchanged, of
/// which watchers are not told.
/// </summary>
public sealed class TierPolicyWorker(ITierPolicyReload policy, TimeProvider time)
    : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (policy.Interval is not { } interval)
        {
            return;
        }
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            policy.Reload();
        }
    }
}
