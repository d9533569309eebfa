using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Messaging.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Retention;

/// <summary>
/// Deletes messages that are too old, in steps. Every replica does so; they meet on the same conversations and then do the same thing
/// twice, which harms nobody.
/// </summary>
public sealed partial class RetentionWorker(
    IMessageStore store,
    IOptions<RetentionOptions> options,
    TimeProvider time,
    ILogger<RetentionWorker> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.MaxAge == TimeSpan.Zero)
        {
            return;
        }
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        do
        {
            await RunAsync(stoppingToken).ConfigureAwait(false);
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>Deletes what is too old by now.</summary>
    /// <returns>How many messages went.</returns>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Value.MaxAge;
        var deleted = 0L;
        try
        {
            long step;
            do
            {
                step = await store
                    .DeleteOlderAsync(before, options.Value.BatchSize, cancellationToken)
                    .ConfigureAwait(false);
                deleted += step;
            } while (step > 0);
        }
        catch (DomainException exception)
        {
            // the next round finds what is left
            LogCutOff(exception.Reason, exception);
        }
        if (deleted > 0)
        {
            LogDeleted(deleted, before);
        }
        return deleted;
    }

    [LoggerMessage(LogLevel.Information, "{Count} messages from before {Before} were deleted")]
    private partial void LogDeleted(long count, DateTimeOffset before);

    [LoggerMessage(LogLevel.Warning, "Deleting old messages was cut off ({Reason})")]
    private partial void LogCutOff(ErrorReason reason, Exception exception);
}
