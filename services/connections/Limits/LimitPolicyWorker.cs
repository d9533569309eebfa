using Microsoft.Extensions.Options;

namespace Platform.Connections.Limits;

/// <summary>
/// Looks at the policy file now and then. It is read rather than watched: mounted files are often links that are exchanged, of
/// which watchers are not told.
/// </summary>
public sealed class LimitPolicyWorker(
    LimitPolicySource policy,
    IOptions<LimitsOptions> options,
    TimeProvider time
) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.PolicyFile.Length == 0)
        {
            return;
        }
        using var timer = new PeriodicTimer(options.Value.PolicyInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            policy.Reload();
        }
    }
}
