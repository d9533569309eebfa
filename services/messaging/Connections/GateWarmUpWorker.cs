using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Messaging.Connections;

/// <summary>
/// Asks connections one question at start, until it is answered. Opening a connection and compiling its code takes longer than
/// the gate waits: without this the first member to say something is refused.
/// </summary>
public sealed partial class GateWarmUpWorker(
    ConnectionsService.ConnectionsServiceClient client,
    TimeProvider time,
    ILogger<GateWarmUpWorker> logger
) : BackgroundService
{
    /// <summary>Who is asked about; whether there are such members does not matter.</summary>
    public const string MemberPrefix = "warm-up.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!await IsAnsweredAsync(stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task<bool> IsAnsweredAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.CheckConnectionAsync(
                new CheckConnectionRequest
                {
                    MemberId = $"{MemberPrefix}a",
                    OtherId = $"{MemberPrefix}b",
                },
                deadline: time.GetUtcNow().UtcDateTime + Patience,
                cancellationToken: cancellationToken
            );
            return true;
        }
        catch (RpcException exception)
            when (exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            LogAway(exception.StatusCode);
            return false;
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // it answered, though not as it should: for an operator to see, and not to be asked again and again
            LogRefused(exception);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Debug, "Connections does not answer yet: {Status}")]
    private partial void LogAway(StatusCode status);

    [LoggerMessage(
        LogLevel.Warning,
        "Connections refuses this service; every send will be refused until it does not"
    )]
    private partial void LogRefused(Exception exception);
}
