using Microsoft.Extensions.Options;

namespace Platform.Feed.FanOut;

/// <summary>Works on fan-out jobs as long as the service runs, several at a time.</summary>
public sealed partial class FanOutWorker(
    DeliveryHandler handler,
    FanOutSignal signal,
    IOptions<FanOutOptions> options,
    TimeProvider time,
    ILogger<FanOutWorker> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            Enumerable.Range(0, options.Value.Workers).Select(_ => LoopAsync(stoppingToken))
        );

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        // off the thread that starts the service
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await handler.RunOneAsync(stoppingToken))
                {
                    await signal.WaitAsync(options.Value.PollInterval, time, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // whatever it was, the jobs are in the store; a worker that ended would leave them there
                LogInterrupted(exception);
                await signal
                    .WaitAsync(options.Value.PollInterval, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The fan-out is interrupted; it tries again")]
    private partial void LogInterrupted(Exception exception);
}
