using Platform.Connections.Relationships;

namespace Platform.Connections.Invitations;

/// <summary>An invitation as its inviter asks for it.</summary>
/// <param name="InviteeId">Who is invited.</param>
/// <param name="Note">Words for the invitee; may be empty.</param>
/// <param name="Context">How the inviter knows the invitee, if said.</param>
/// <param name="Request">Set when the caller named a <c>request_id</c>.</param>
public sealed record InvitationToSend(
    string InviteeId,
    string Note,
    InvitationContext? Context,
    RequestKey? Request
);
