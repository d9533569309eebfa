using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Finds the invitation that one declined, which people name by the two.</summary>
public static class DeclinedInvitation
{
    private const int MaxPageSize = 200;

    /// <exception cref="CliException">There is none; the reason is the one the service would give.</exception>
    public static async Task<string> FindAsync(MemberRun run, string other)
    {
        // the latest decline comes first, and only a late one can be undone
        var found = await Pages.FindAsync<Invitation>(
            MaxPageSize,
            async (size, token) =>
            {
                var page = await new InvitationsService.InvitationsServiceClient(
                    run.Invoker
                ).ListReceivedInvitationsAsync(
                    new ListReceivedInvitationsRequest
                    {
                        MemberId = run.MemberId,
                        State = InvitationState.Declined,
                        PageSize = size,
                        PageToken = token,
                    },
                    run.Call()
                );
                return (page.Invitations, page.NextPageToken);
            },
            invitation => invitation.InviterId == other
        );
        return found?.InvitationId
            ?? throw new CliException(
                ExitCode.Refused,
                "INVITATION_NOT_FOUND",
                $"{run.MemberId} declined no invitation from {other}"
            );
    }
}
