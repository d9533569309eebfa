using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.Invitations;
using Platform.Connections.Network;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Streaming;
using Platform.ServiceDefaults.Validation;

namespace Platform.Connections.Connections;

/// <summary>Translates the contract of connections.</summary>
public sealed partial class ConnectionsGrpcService(
    ConnectionsHandler handler,
    StandingsHandler standings,
    NetworkHandler network,
    WatchHandler watch,
    RevisionGate gate,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : ConnectionsService.ConnectionsServiceBase
{
    private const int MaxBatch = 500;
    private const int MaxStandings = 1000;
    private const int DefaultPage = 50;
    private const int MaxPage = 1000;
    private const int DefaultChunk = 1000;
    private const int MaxChunk = 5000;

    /// <inheritdoc />
    public override async Task<CheckConnectionResponse> CheckConnection(
        CheckConnectionRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        if (!MemberId.IsValid(request.OtherId))
        {
            new RequestValidator().MemberId("other_id", request.OtherId).ThrowIfInvalid();
        }
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var result = await handler.CheckAsync(actor, request.OtherId, context.CancellationToken);
        return new CheckConnectionResponse
        {
            Status = (ConnectionStatus)result.Standing,
            InvitationId = result.PendingInvitation?.ToString() ?? "",
        };
    }

    /// <inheritdoc />
    public override async Task<BatchCheckConnectionsResponse> BatchCheckConnections(
        BatchCheckConnectionsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .Batch("other_ids", request.OtherIds.Count, MaxBatch)
            .MemberIds("other_ids", request.OtherIds)
            .ThrowIfInvalid();
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var results = await handler.CheckAsync(actor, request.OtherIds, context.CancellationToken);
        var response = new BatchCheckConnectionsResponse();
        for (var index = 0; index < results.Count; index++)
        {
            response.Checks.Add(ToProto(request.OtherIds[index], results[index]));
        }
        return response;
    }

    /// <inheritdoc />
    public override async Task<BatchCheckPairsResponse> BatchCheckPairs(
        BatchCheckPairsRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Service);
        var validator = new RequestValidator().Batch("pairs", request.Pairs.Count, MaxBatch);
        for (var index = 0; index < request.Pairs.Count; index++)
        {
            var pair = request.Pairs[index];
            if (!MemberId.IsValid(pair.MemberId) || !MemberId.IsValid(pair.OtherId))
            {
                validator
                    .MemberId($"pairs[{index}].member_id", pair.MemberId)
                    .MemberId($"pairs[{index}].other_id", pair.OtherId);
            }
        }
        validator.ThrowIfInvalid();
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var results = await handler.CheckAsync(
            [.. request.Pairs.Select(pair => (pair.MemberId, pair.OtherId))],
            context.CancellationToken
        );
        var response = new BatchCheckPairsResponse();
        for (var index = 0; index < results.Count; index++)
        {
            response.Checks.Add(ToProto(request.Pairs[index].OtherId, results[index]));
        }
        return response;
    }

    /// <inheritdoc />
    public override async Task<BatchGetStandingsResponse> BatchGetStandings(
        BatchGetStandingsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .Batch("other_ids", request.OtherIds.Count, MaxStandings)
            .MemberIds("other_ids", request.OtherIds)
            .ThrowIfInvalid();
        var read = await ReadStandingsAsync(
            actor,
            request.OtherIds,
            request.IncludePermissions,
            request.Consistency,
            context
        );
        return new BatchGetStandingsResponse
        {
            Standings =
            {
                read.Select((standing, index) => standing.ToProto(request.OtherIds[index])),
            },
        };
    }

    /// <inheritdoc />
    public override async Task<ListConnectionsResponse> ListConnections(
        ListConnectionsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var validator = new RequestValidator()
            .OptionalMemberId("owner_id", request.OwnerId)
            .Optional("order", request.Order);
        var limit = validator.PageSize(request.PageSize, DefaultPage, MaxPage);
        var from = validator.Time("connected_from_time", request.ConnectedFromTime);
        var before = validator.Time("connected_before_time", request.ConnectedBeforeTime);
        validator.ThrowIfInvalid();
        var owner = request.OwnerId.Length == 0 ? actor : request.OwnerId;
        var order = request.Order == ConnectionOrder.Id ? ListOrder.Id : ListOrder.Recent;
        var scope = $"connections/{actor}/{owner}/{order}/{from:O}/{before:O}";
        var after = ListPositionText.Read(PageToken.Decode(scope, request.PageToken));
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);

        // one more than asked for tells whether there is a next page
        var entries = await handler.ListAsync(
            actor,
            new ListQuery(owner, RelationshipList.Connections, limit + 1)
            {
                Order = order,
                After = after,
                From = from,
                Before = before,
            },
            context.CancellationToken
        );
        var response = new ListConnectionsResponse
        {
            NextPageToken =
                entries.Count > limit
                    ? PageToken.Encode(scope, ListPositionText.Write(entries[limit - 1].Position))
                    : "",
        };
        foreach (var entry in entries.Take(limit))
        {
            response.Connections.Add(
                new Connection
                {
                    MemberId = entry.OtherId,
                    ConnectedTime = entry.Time.ToTimestamp(),
                }
            );
        }
        return response;
    }

    /// <inheritdoc />
    public override async Task<CountConnectionsResponse> CountConnections(
        CountConnectionsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator().OptionalMemberId("owner_id", request.OwnerId).ThrowIfInvalid();
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var (count, version) = await handler.CountAsync(
            actor,
            request.OwnerId.Length == 0 ? actor : request.OwnerId,
            context.CancellationToken
        );
        return new CountConnectionsResponse { Count = count, Version = version };
    }

    /// <inheritdoc />
    public override async Task<RemoveConnectionResponse> RemoveConnection(
        RemoveConnectionRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("other_id", request.OtherId)
            .ThrowIfInvalid();
        var answer = await handler.RemoveAsync(
            actor,
            request.OtherId,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new RemoveConnectionResponse { Revision = RevisionToken.Write(answer.Revision) };
    }

    /// <inheritdoc />
    public override async Task WatchConnections(
        WatchConnectionsRequest request,
        IServerStreamWriter<WatchConnectionsResponse> responseStream,
        ServerCallContext context
    )
    {
        var (filter, cursor, heartbeat) = WatchMapping.ToDomain(request, context.GetCaller());
        using var ending = context.EndingWith(lifetime);
        await watch.WatchAsync(
            filter,
            cursor,
            heartbeat,
            (sent, cancellationToken) =>
                responseStream.SendAsync(
                    WatchMapping.ToProto(sent, time.GetUtcNow()),
                    cancellationToken
                ),
            ending.Token
        );
    }

    /// <inheritdoc />
    public override async Task StreamConnections(
        StreamConnectionsRequest request,
        IServerStreamWriter<StreamConnectionsResponse> responseStream,
        ServerCallContext context
    )
    {
        var caller = context.GetCaller();
        caller.Require(CallerRole.Service);
        var owner = ActingMember.Of(context, request.MemberId);
        var validator = new RequestValidator();
        var size = validator.ChunkSize(request.ChunkSize, DefaultChunk, MaxChunk);
        validator.ThrowIfInvalid();
        var scope = $"stream/{owner}";
        var after = StreamCursor.Decode(scope, request.Cursor, ListPositionText.Read);
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);

        await foreach (
            var chunk in handler.StreamAsync(owner, after, size, context.CancellationToken)
        )
        {
            after = chunk.Count > 0 ? chunk[^1].Position : after;
            var response = new StreamConnectionsResponse
            {
                Cursor = PageToken.Encode(
                    scope,
                    after is null ? null : ListPositionText.Write(after)
                ),
                Complete = chunk.Count < size,
            };
            foreach (var entry in chunk)
            {
                response.ConnectionIds.Add(entry.OtherId);
            }
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    private async Task<IReadOnlyList<PairStanding>> ReadStandingsAsync(
        string viewer,
        IReadOnlyList<string> others,
        bool includePermissions,
        Consistency? consistency,
        ServerCallContext context
    )
    {
        await gate.EnsureAsync(consistency, context.CancellationToken);
        return includePermissions
            ? await standings.ReadWithPermissionsAsync(
                viewer,
                context.GetCaller().Tier,
                others,
                context.CancellationToken
            )
            : await standings.ReadAsync(viewer, others, context.CancellationToken);
    }

    private static ConnectionCheck ToProto(string otherId, ConnectionCheckResult result) =>
        new()
        {
            OtherId = otherId,
            Status = (ConnectionStatus)result.Standing,
            InvitationId = result.PendingInvitation?.ToString() ?? "",
        };
}
