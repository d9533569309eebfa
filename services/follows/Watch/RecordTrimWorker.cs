using Microsoft.Extensions.Options;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Watch;

/// <summary>Drops from the record of changes what is older than it is kept for. Every replica runs it; twice is once.</summary>
public sealed partial class RecordTrimWorker(
    IFollowRecord record,
    IOptions<FollowsOptions> options,
    TimeProvider time,
    ILogger<RecordTrimWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // a cursor that is just old enough may be on its way: a little more is kept than is promised
                var before = time.GetUtcNow() - options.Value.RecordRetention - Interval;
                await record.TrimAsync(FollowSequence.Of(before), stoppingToken);
            }
            catch (DomainException exception)
            {
                LogLeft(exception.Reason.ToString());
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The record of follows is not trimmed: {Reason}"
    )]
    private partial void LogLeft(string reason);
}
