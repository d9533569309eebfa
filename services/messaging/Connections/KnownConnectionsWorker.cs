using Platform.Common.V1;
using Platform.Connections.Client;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Connections;

/// <summary>Keeps <see cref="KnownConnections"/> true: follows what ends connections, on every replica.</summary>
public sealed partial class KnownConnectionsWorker(
    IConnectionRecord record,
    KnownConnections known,
    TimeProvider time,
    ILogger<KnownConnectionsWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly RecordedChangeKind[] Ends =
    [
        RecordedChangeKind.Removed,
        RecordedChangeKind.Blocked,
        RecordedChangeKind.MemberDeleted,
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!known.IsOn)
        {
            return;
        }
        var cursor = "";
        while (true)
        {
            try
            {
                await foreach (
                    var next in record.WatchAsync(cursor, Ends, stoppingToken).ConfigureAwait(false)
                )
                {
                    cursor = next.Cursor;
                    Apply(next.Change);
                }
            }
            catch (DomainException exception)
            {
                known.Forget(isFollowing: false);
                LogAway(exception.Reason);
                if (exception.Reason != ErrorReason.DependencyUnavailable)
                {
                    cursor = "";
                }
            }
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private void Apply(RecordedChange? change)
    {
        switch (change)
        {
            // the past has been told
            case null:
                known.Follow();
                break;
            // ends all of a member's connections at once
            case { Kind: RecordedChangeKind.MemberDeleted }:
                known.Forget(isFollowing: true);
                break;
            default:
                known.Changed(change.FirstId, change.SecondId);
                break;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Connections' changes cannot be followed ({Reason}); every send asks meanwhile"
    )]
    private partial void LogAway(ErrorReason reason);
}
