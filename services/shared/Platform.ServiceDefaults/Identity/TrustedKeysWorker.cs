using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Reads keys from their addresses at start and at intervals: a key that its issuer takes back ends here.</summary>
public sealed class TrustedKeysWorker(
    TrustedKeys keys,
    IOptions<AuthOptions> options,
    TimeProvider time
) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!keys.HaveAddresses)
        {
            return;
        }
        using var timer = new PeriodicTimer(options.Value.KeysRefreshInterval, time);
        do
        {
            await keys.RefreshAsync().WaitAsync(stoppingToken).ConfigureAwait(false);
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
