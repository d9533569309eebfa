using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>
/// Strikes out finished journal entries as they come, and sweeps for what a crash or a lost answer left. Every replica runs it;
/// two that meet at one entry do the same thing twice, which changes nothing.
/// </summary>
public sealed partial class JournalWorker(
    FollowJournal journal,
    IOptions<FollowsOptions> options,
    TimeProvider time,
    ILogger<JournalWorker> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(CompleteAsync(stoppingToken), SweepAsync(stoppingToken));

    private async Task CompleteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await journal.CompleteAppliedAsync(stoppingToken);
            }
            catch (DomainException exception)
            {
                // The entries stand; the sweep finds them when the store is back.
                LogLeft(exception.Reason.ToString());
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.JournalSweepInterval, time);
        do
        {
            try
            {
                var finished = await journal.SweepAsync(
                    time.GetUtcNow() - options.Value.JournalGrace,
                    stoppingToken
                );
                if (finished > 0)
                {
                    LogFinished(finished);
                }
                await journal.MeasureAsync(time.GetUtcNow(), stoppingToken);
            }
            catch (DomainException exception)
            {
                LogLeft(exception.Reason.ToString());
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        } while (await WaitAsync(timer, stoppingToken));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Finished {Count} follows that were left half-way"
    )]
    private partial void LogFinished(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal of follows waits: {Reason}")]
    private partial void LogLeft(string reason);
}
