using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Connections.V1;

namespace Platform.Connections.Client;

/// <summary>
/// Asks connections at start who is connected, until it is answered as soon as a call needs it. Opening a connection and compiling its
/// code takes longer than a call waits: without this the first members who need the answer are refused.
/// </summary>
public sealed partial class ConnectionsWarmUpWorker(
    ConnectionsService.ConnectionsServiceClient client,
    ConnectionsPatience patience,
    TimeProvider time,
    ILogger<ConnectionsWarmUpWorker> logger
) : BackgroundService
{
    /// <summary>Who is asked about; whether there are such members does not matter.</summary>
    public const string MemberPrefix = "warm-up.";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private volatile bool _isDone;

    /// <summary>Whether the questions were answered in time, or refused, since the start.</summary>
    public bool IsDone => _isDone;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var asked = time.GetTimestamp();
            if (await AreAnsweredAsync(stoppingToken))
            {
                if (time.GetElapsedTime(asked) <= patience.Time)
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

    private async Task<bool> AreAnsweredAsync(CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow().UtcDateTime + Deadline;
        try
        {
            await client.CheckConnectionAsync(
                new CheckConnectionRequest
                {
                    MemberId = $"{MemberPrefix}a",
                    OtherId = $"{MemberPrefix}b",
                },
                deadline: deadline,
                cancellationToken: cancellationToken
            );
            await client.BatchCheckConnectionsAsync(
                new BatchCheckConnectionsRequest
                {
                    MemberId = $"{MemberPrefix}a",
                    OtherIds = { $"{MemberPrefix}b" },
                },
                deadline: deadline,
                cancellationToken: cancellationToken
            );
            await client.BatchCheckPairsAsync(
                new BatchCheckPairsRequest
                {
                    Pairs =
                    {
                        new PairToCheck
                        {
                            MemberId = $"{MemberPrefix}a",
                            OtherId = $"{MemberPrefix}b",
                        },
                    },
                },
                deadline: deadline,
                cancellationToken: cancellationToken
            );
            return true;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception)
            when (exception.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            LogAway(exception.StatusCode);
            return false;
        }
        catch (RpcException exception)
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
        "Connections refuses this service; whatever needs to know who is connected will be refused until it does not"
    )]
    private partial void LogRefused(Exception exception);
}
