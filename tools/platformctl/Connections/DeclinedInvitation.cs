using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Connections;

/// <summary>Finds the invitation that one declined, which people name by the two.</summary>
public static class DeclinedInvitation
{
    private const int PageSize = 200;

    /// <exception cref="CliException">There is none; the reason is the one the service would give.</exception>
    public static async Task<string> FindAsync(
        GatewaySession session,
        string member,
        string other,
        CancellationToken cancellationToken
    )
    {
        var client = new InvitationsService.InvitationsServiceClient(session.Invoker);
        var request = new ListReceivedInvitationsRequest
        {
            MemberId = member,
            State = InvitationState.Declined,
            PageSize = PageSize,
        };
        do
        {
            // the latest decline comes first, and only a late one can be undone
            var page = await client.ListReceivedInvitationsAsync(
                request,
                session.Call(cancellationToken)
            );
            if (
                page.Invitations.FirstOrDefault(invitation => invitation.InviterId == other) is
                { } found
            )
            {
                return found.InvitationId;
            }
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        throw new CliException(
            ExitCode.Refused,
            "INVITATION_NOT_FOUND",
            $"{member} declined no invitation from {other}"
        );
    }
}
