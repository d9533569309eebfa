using Platform.Connections.Invitations;

namespace Platform.Connections.Connections;

/// <summary>The answer of a check.</summary>
/// <param name="Standing">What stands between the two.</param>
/// <param name="PendingInvitation">The pending invitation, if any.</param>
public readonly record struct ConnectionCheckResult(
    ConnectionStanding Standing,
    InvitationId? PendingInvitation
);
