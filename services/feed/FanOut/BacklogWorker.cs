using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.FanOut;

/// <summary>
/// Keeps the metrics of what waits up to date, in every replica: also in one that does not deliver, since that nobody delivers
/// is what they have to tell.
/// </summary>
public sealed partial class BacklogWorker(
    IPostStore posts,
    FeedMetrics metrics,
    TimeProvider time,
    ILogger<BacklogWorker> logger
) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var backlog = await posts.GetBacklogAsync(stoppingToken);
                metrics.Waits(
                    backlog.PendingPosts,
                    time.GetUtcNow() - (backlog.OldestCreateTime ?? time.GetUtcNow())
                );
            }
            catch (DomainException exception)
            {
                // the last figures stay: that the store is away is told by its own
                LogUnknown(exception);
            }
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "How much of the fan-out waits is not known at present")]
    private partial void LogUnknown(Exception exception);
}
