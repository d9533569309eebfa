using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Ctl.Import;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

public sealed class FakeConnectionsService(FakeState state)
    : ConnectionsService.ConnectionsServiceBase
{
    public override async Task<CheckConnectionResponse> CheckConnection(
        CheckConnectionRequest request,
        ServerCallContext context
    )
    {
        var check = state.Book.Check(
            await state.EnterAsync(context, request.MemberId),
            request.OtherId
        );
        return new CheckConnectionResponse
        {
            Status = Status(check.State),
            InvitationId = check.InvitationId ?? "",
        };
    }

    public override async Task<BatchCheckConnectionsResponse> BatchCheckConnections(
        BatchCheckConnectionsRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        var response = new BatchCheckConnectionsResponse();
        foreach (var other in request.OtherIds)
        {
            var check = state.Book.Check(member, other);
            response.Checks.Add(
                new ConnectionCheck
                {
                    OtherId = other,
                    Status = Status(check.State),
                    InvitationId = check.InvitationId ?? "",
                }
            );
        }

        return response;
    }

    public override async Task<ListConnectionsResponse> ListConnections(
        ListConnectionsRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        var all = state.Book.ConnectionsOf(member);
        var from = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken);
        var page = all.Skip(from).Take(request.PageSize).ToList();
        var next = from + page.Count;
        return new ListConnectionsResponse
        {
            Connections = { page.Select(other => new Connection { MemberId = other }) },
            NextPageToken = next < all.Count ? $"{next}" : "",
        };
    }

    public override async Task<CountConnectionsResponse> CountConnections(
        CountConnectionsRequest request,
        ServerCallContext context
    ) =>
        new()
        {
            Count = state
                .Book.ConnectionsOf(await state.EnterAsync(context, request.MemberId))
                .Count,
        };

    /// <summary>Tells two changes, then breaks off once; a watch that goes on where it was is told the third.</summary>
    public override async Task WatchConnections(
        WatchConnectionsRequest request,
        IServerStreamWriter<WatchConnectionsResponse> responseStream,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        state.Watches.Enqueue(request);
        var from = request.Cursor.Length == 0 ? 0 : int.Parse(request.Cursor);
        await responseStream.WriteAsync(
            new WatchConnectionsResponse { Heartbeat = new WatchHeartbeat(), Cursor = $"{from}" }
        );
        for (var change = from; change < state.Changes.Count; change++)
        {
            await responseStream.WriteAsync(
                new WatchConnectionsResponse
                {
                    Change = state.Changes[change],
                    Cursor = $"{change + 1}",
                }
            );
            if (from == 0 && change == 1)
            {
                throw Refusals.Of(ErrorReason.SlowConsumer);
            }
        }
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }

    private static ConnectionStatus Status(PairState pair) =>
        pair switch
        {
            PairState.Connected => ConnectionStatus.Connected,
            PairState.InvitationSent => ConnectionStatus.InvitationSent,
            PairState.InvitationReceived => ConnectionStatus.InvitationReceived,
            _ => ConnectionStatus.None,
        };
}
