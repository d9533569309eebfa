using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Connections.V1;

namespace Platform.Feed.Sources;

/// <summary>Tells of changes of connections and blocks.</summary>
public sealed class ConnectionFactsWorker(
    ConnectionsService.ConnectionsServiceClient client,
    ToldFacts<ConnectionFacts> facts,
    TimeProvider time,
    ILogger<ConnectionFactsWorker> logger
) : ToldFactsWorker<ConnectionFacts, WatchConnectionsResponse>(facts, time, logger)
{
    /// <inheritdoc />
    protected override string Dependency => "connections";

    /// <inheritdoc />
    protected override AsyncServerStreamingCall<WatchConnectionsResponse> Watch(
        CancellationToken cancellationToken
    ) =>
        client.WatchConnections(
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
            cancellationToken: cancellationToken
        );

    /// <inheritdoc />
    protected override void Apply(WatchConnectionsResponse told, ToldFacts<ConnectionFacts> facts)
    {
        if (told.Change is not { } change)
        {
            return;
        }
        if (change.Kind == ConnectionChangeKind.MemberDeleted)
        {
            facts.ForgetAll();
            return;
        }
        facts.Forget(change.FirstId);
        facts.Forget(change.SecondId);
    }
}
