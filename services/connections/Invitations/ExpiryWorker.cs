using Microsoft.Extensions.Options;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <summary>
/// Expires invitations that nobody acted on. Any number of replicas may do it at once: each change is a compare-and-set, so
/// an invitation expires once, and one that is answered in the same moment does not expire.
/// </summary>
public sealed partial class ExpiryWorker(
    IConnectionStore store,
    RelationshipUpdater updater,
    IOptions<InvitationOptions> options,
    TimeProvider time,
    ILogger<ExpiryWorker> logger
) : BackgroundService
{
    private const int BatchSize = 200;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ExpiryInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                var expired = await ExpireAsync(stoppingToken).ConfigureAwait(false);
                if (expired > 0)
                {
                    LogExpired(expired);
                }
            }
            catch (DomainException exception)
            {
                // the store is away; what is due now is due at the next tick too
                LogFailed(exception);
            }
        }
    }

    /// <summary>Expires what is due, in bounded batches.</summary>
    /// <returns>How many invitations this process expired; others may have expired more.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        var now = updater.Now;
        var expired = 0;
        while (true)
        {
            var due = await store
                .ListExpiredAsync(now, BatchSize, cancellationToken)
                .ConfigureAwait(false);
            foreach (var relationship in due)
            {
                if (
                    relationship.Expire(now) is { } next
                    && await store.TryStoreAsync(next, cancellationToken).ConfigureAwait(false)
                        is not null
                )
                {
                    expired++;
                    updater.Stored(next);
                }
            }
            // a change lost to somebody else took its invitation off the list as well
            if (due.Count < BatchSize)
            {
                return expired;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} invitations expired")]
    private partial void LogExpired(int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Invitations could not be expired; trying again at the next tick"
    )]
    private partial void LogFailed(Exception exception);
}
