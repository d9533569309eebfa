using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>Finds the pending invitation between two members, which people name by the two.</summary>
public static class PendingInvitation
{
    /// <exception cref="CliException">There is none in this direction; the reason is the one the service would give.</exception>
    public static async Task<string> FindAsync(
        MemberRun run,
        string other,
        ConnectionStatus direction
    )
    {
        var member = run.MemberId;
        var check = await new ConnectionsService.ConnectionsServiceClient(
            run.Invoker
        ).CheckConnectionAsync(
            new CheckConnectionRequest { MemberId = member, OtherId = other },
            run.Call()
        );
        if (check.Status == direction)
        {
            return check.InvitationId;
        }

        throw check.Status switch
        {
            ConnectionStatus.Connected => Refused(
                "ALREADY_CONNECTED",
                $"{member} and {other} are connected already"
            ),
            ConnectionStatus.InvitationSent => Refused(
                "NOT_THE_INVITEE",
                $"{member} invited {other}; it is for {other} to answer"
            ),
            ConnectionStatus.InvitationReceived => Refused(
                "NOT_THE_INVITER",
                $"{other} invited {member}; it is for {other} to withdraw"
            ),
            _ => Refused(
                "INVITATION_NOT_FOUND",
                direction == ConnectionStatus.InvitationReceived
                    ? $"no invitation from {other} to {member} is pending"
                    : $"no invitation from {member} to {other} is pending"
            ),
        };
    }

    private static CliException Refused(string reason, string message) =>
        new(ExitCode.Refused, reason, message);
}
