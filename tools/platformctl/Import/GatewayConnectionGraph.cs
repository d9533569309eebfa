using Platform.Connections.V1;
using Platform.Ctl.Cli;
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

    // BatchCheckConnections takes no more.
    public int MaxChecks => 500;

    public async Task<IReadOnlyList<PairCheck>> CheckAsync(
        string memberId,
        IReadOnlyList<string> others
    )
    {
        var response = await _connections.BatchCheckConnectionsAsync(
            new BatchCheckConnectionsRequest { MemberId = memberId, OtherIds = { others } },
            session.Call(CancellationToken.None)
        );
        if (response.Checks.Count != others.Count)
        {
            throw new CliException(
                ExitCode.Refused,
                LocalReason.UnexpectedAnswer,
                $"asked about {others.Count} members, answered about {response.Checks.Count}"
            );
        }

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

    private static PairState State(ConnectionStatus status) =>
        status switch
        {
            ConnectionStatus.Connected => PairState.Connected,
            ConnectionStatus.InvitationSent => PairState.InvitationSent,
            ConnectionStatus.InvitationReceived => PairState.InvitationReceived,
            _ => PairState.None,
        };
}
