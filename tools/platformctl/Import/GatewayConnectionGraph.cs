using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Connections;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Import;

/// <summary>The graph behind the gateway, reached with a token that may act for every member.</summary>
public sealed class GatewayConnectionGraph(GatewaySession session) : IConnectionGraph
{
    private readonly InvitationsService.InvitationsServiceClient _invitations = new(
        session.Invoker
    );
    private readonly ConnectionsService.ConnectionsServiceClient _connections = new(
        session.Invoker
    );

    private readonly NetworkService.NetworkServiceClient _network = new(session.Invoker);

    // BatchCheckConnections takes no more.
    public int MaxChecks => 500;

    // BatchGetDegrees takes no more.
    public int MaxDegrees => 1000;

    public async Task<IReadOnlyList<PairCheck>> CheckAsync(
        string memberId,
        IReadOnlyList<string> others
    )
    {
        var response = await _connections.BatchCheckConnectionsAsync(
            new BatchCheckConnectionsRequest { MemberId = memberId, OtherIds = { others } },
            session.Call(CancellationToken.None)
        );
        RequireAll(others.Count, response.Checks.Count);
        return
        [
            .. response.Checks.Select(check => new PairCheck(
                State(check.Status),
                check.InvitationId
            )),
        ];
    }

    public async Task<PairCheck> InviteAsync(string inviterId, string inviteeId, string requestId)
    {
        var response = await _invitations.SendInvitationAsync(
            new SendInvitationRequest
            {
                MemberId = inviterId,
                InviteeId = inviteeId,
                RequestId = requestId,
            },
            session.Call(CancellationToken.None)
        );
        return new PairCheck(State(response.Status), response.Invitation.InvitationId);
    }

    public async Task AcceptAsync(string inviteeId, string invitationId, string requestId) =>
        await _invitations.AcceptInvitationAsync(
            new AcceptInvitationRequest
            {
                MemberId = inviteeId,
                InvitationId = invitationId,
                RequestId = requestId,
            },
            session.Call(CancellationToken.None)
        );

    public async Task<long> CountAsync(string memberId)
    {
        var response = await _connections.CountConnectionsAsync(
            new CountConnectionsRequest { MemberId = memberId },
            session.Call(CancellationToken.None)
        );
        return response.Count;
    }

    public async Task<IReadOnlyList<int?>> DegreesAsync(
        string memberId,
        IReadOnlyList<string> others
    )
    {
        var response = await _network.BatchGetDegreesAsync(
            new BatchGetDegreesRequest { MemberId = memberId, OtherIds = { others } },
            session.Call(CancellationToken.None)
        );
        RequireAll(others.Count, response.Degrees.Count);
        return
        [
            .. response.Degrees.Select(answer =>
                DegreeResult.Of(memberId, answer.OtherId, answer.Degree).Distance
            ),
        ];
    }

    private static void RequireAll(int asked, int answered)
    {
        if (answered != asked)
        {
            throw new CliException(
                ExitCode.Refused,
                LocalReason.UnexpectedAnswer,
                $"asked about {asked} members, answered about {answered}"
            );
        }
    }

    private static PairState State(ConnectionStatus status) =>
        status switch
        {
            ConnectionStatus.Connected => PairState.Connected,
            ConnectionStatus.InvitationSent => PairState.InvitationSent,
            ConnectionStatus.InvitationReceived => PairState.InvitationReceived,
            _ => PairState.None,
        };
}
