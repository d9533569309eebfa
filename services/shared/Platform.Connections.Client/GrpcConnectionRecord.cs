using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Client;

/// <summary>The record over gRPC, as this service.</summary>
public sealed class GrpcConnectionRecord(
    ConnectionsService.ConnectionsServiceClient client,
    IOptions<ConnectionChangesOptions> options,
    TimeProvider time
) : IConnectionRecord
{
    private const string Dependency = "connections";

    // a stream that is silent for so many heartbeats is dead, whatever the network says of it
    private const int SilentHeartbeats = 4;

    /// <inheritdoc />
    public async IAsyncEnumerable<RecordEvent> WatchAsync(
        string cursor,
        IReadOnlyCollection<RecordedChangeKind> kinds,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var heartbeat = options.Value.HeartbeatInterval;
        using var silence = new CancellationTokenSource(heartbeat * SilentHeartbeats, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            silence.Token,
            cancellationToken
        );
        using var call = client.WatchConnections(
            new WatchConnectionsRequest
            {
                Cursor = cursor,
                Start = WatchStart.Beginning,
                Kinds = { kinds.Select(kind => (ConnectionChangeKind)kind) },
                HeartbeatInterval = Duration.FromTimeSpan(heartbeat),
            },
            cancellationToken: ending.Token
        );
        while (await MoveNextAsync(call.ResponseStream, ending.Token, cancellationToken))
        {
            yield return ToDomain(call.ResponseStream.Current);
            silence.CancelAfter(heartbeat * SilentHeartbeats);
        }
        throw Away(null);
    }

    private static async Task<bool> MoveNextAsync(
        IAsyncStreamReader<WatchConnectionsResponse> stream,
        CancellationToken ending,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await stream.MoveNext(ending);
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Translate(exception);
        }
    }

    private static DomainException Translate(Exception exception)
    {
        var info = (exception as RpcException)?.GetRpcStatus()?.GetDetail<ErrorInfo>();
        var reason = ErrorCatalog.ReasonOf(info?.Reason ?? "");
        return reason is ErrorReason.CursorExpired or ErrorReason.InvalidCursor
            ? new DomainException(
                reason,
                "The record of changes cannot be followed from the cursor.",
                exception
            )
            : Away(exception);
    }

    private static DomainException Away(Exception? exception) =>
        new DomainException(
            ErrorReason.DependencyUnavailable,
            "The record of changes cannot be followed at present.",
            exception
        ).With("dependency", Dependency);

    private static RecordEvent ToDomain(WatchConnectionsResponse response) =>
        response.EventCase == WatchConnectionsResponse.EventOneofCase.Change
            ? new RecordEvent(
                ToDomain(response.Change),
                response.Cursor,
                response.Change.ChangeTime.ToDateTimeOffset()
            )
            : new RecordEvent(
                null,
                response.Cursor,
                response.Heartbeat.ServerTime.ToDateTimeOffset()
            );

    private static RecordedChange ToDomain(ConnectionChange change) =>
        new(
            (RecordedChangeKind)change.Kind,
            change.FirstId,
            change.SecondId,
            change.ActorId,
            change.Sequence,
            change.ChangeTime.ToDateTimeOffset()
        )
        {
            InvitationId = change.InvitationId,
        };
}
