using Platform.Connections.V1;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Connections;

/// <summary>An invitation as this program prints it.</summary>
public sealed record InvitationResult(
    string InvitationId,
    string InviterId,
    string InviteeId,
    string State,
    string? Note,
    DateTimeOffset? SentTime,
    DateTimeOffset? ExpireTime,
    DateTimeOffset? ReminderTime,
    string? Revision
)
{
    public static InvitationResult From(Invitation invitation, string? revision = null) =>
        new(
            invitation.InvitationId,
            invitation.InviterId,
            invitation.InviteeId,
            Format.Name(invitation.State),
            invitation.Note.Length == 0 ? null : invitation.Note,
            Format.Time(invitation.SentTime),
            Format.Time(invitation.ExpireTime),
            Format.Time(invitation.ReminderTime),
            revision
        );
}
