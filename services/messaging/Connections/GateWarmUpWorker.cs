using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Connections.V1;

namespace Platform.Messaging.Connections;

/// <summary>
/// Asks connections what the gate asks at start, until it is answered as soon as the gate needs it. Opening a connection and
/// compiling its code takes longer than the gate waits: without this the first members to say something are refused.
/// </summary>
public sealed partial class GateWarmUpWorker(
    ConnectionsService.ConnectionsServiceClient client,
    IOptions<GateOptions> options,
    TimeProvider time,
    ILogger<GateWarmUpWorker> logger
) : BackgroundService
{
    /// <summary>Who is asked about; whether there are such members does not matter.</summary>
    public const string MemberPrefix = "warm-up.";

    private static readonly PairToCheck Pair = new()
    {
        MemberId = $"{MemberPrefix}a",
        OtherId = $"{MemberPrefix}b",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private volatile bool _isDone;

    /// <summary>Whether a question was answered in time, or refused, since the start.</summary>
    public bool IsDone => _isDone;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var asked = time.GetTimestamp();
            if (await IsAnsweredAsync(stoppingToken))
            {
                if (time.GetElapsedTime(asked) <= options.Value.Timeout)
                {
                    break;
                }
                // late, but warmer now
                continue;
            }
            await Task.Delay(Pause, time, stoppingToken);
        }
        _isDone = true;
    }

    private async Task<bool> IsAnsweredAsync(CancellationToken cancellationToken)
    {
        try
        {
            var deadline = time.GetUtcNow().UtcDateTime + Patience;
            await client.CheckConnectionAsync(
                new CheckConnectionRequest { MemberId = Pair.MemberId, OtherId = Pair.OtherId },
                deadline: deadline,
                cancellationToken: cancellationToken
            );
            await client.BatchCheckPairsAsync(
                new BatchCheckPairsRequest { Pairs = { Pair } },
                deadline: deadline,
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
