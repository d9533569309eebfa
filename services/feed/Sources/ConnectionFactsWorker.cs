using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Feed.Sources;

/// <summary>
/// Keeps <see cref="ConnectionFacts"/> true: watches connections' changes from now on, in every replica by itself. When the stream
/// breaks off or falls silent, nothing is kept until it is there again; until then readers are answered by connections itself.
/// </summary>
public sealed partial class ConnectionFactsWorker(
    ConnectionsService.ConnectionsServiceClient client,
    ConnectionFacts facts,
    TimeProvider time,
    ILogger<ConnectionFactsWorker> logger
) : BackgroundService
{
    // the shortest that connections allows: it bounds how long a dead stream is trusted
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = 3 * Heartbeat;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception exception)
                when (exception is RpcException or OperationCanceledException)
            {
                stoppingToken.ThrowIfCancellationRequested();
                LogBrokeOff(exception);
            }
            finally
            {
                facts.End();
            }
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            silence.Token,
            stoppingToken
        );
        using var call = client.WatchConnections(
            new WatchConnectionsRequest
            {
                Start = WatchStart.Now,
                Kinds =
                {
                    ConnectionChangeKind.Connected,
                    ConnectionChangeKind.Removed,
                    ConnectionChangeKind.Blocked,
                    ConnectionChangeKind.Unblocked,
                    ConnectionChangeKind.MemberDeleted,
                },
                HeartbeatInterval = Duration.FromTimeSpan(Heartbeat),
            },
            cancellationToken: ending.Token
        );
        // the first event says that the stream is in place
        var isTold = false;
        while (await call.ResponseStream.MoveNext(ending.Token))
        {
            silence.CancelAfter(LongestSilence);
            if (!isTold)
            {
                isTold = true;
                facts.Begin();
            }
            if (call.ResponseStream.Current.Change is not { } change)
            {
                continue;
            }
            if (change.Kind == ConnectionChangeKind.MemberDeleted)
            {
                facts.ForgetAll();
            }
            else
            {
                facts.Forget(change.FirstId, change.SecondId);
            }
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Connections' changes cannot be watched at present; readers are answered by connections itself"
    )]
    private partial void LogBrokeOff(Exception exception);
}
