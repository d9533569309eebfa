namespace Platform.Connections.Relationships;

/// <summary>The times that rule invitations.</summary>
/// <param name="Expiry">How long an invitation waits.</param>
/// <param name="WithdrawCoolDown">How long a withdrawal bars its inviter.</param>
/// <param name="DeclineCoolDown">How long a decline bars the inviter.</param>
public sealed record InvitationPolicy(
    TimeSpan Expiry,
    TimeSpan WithdrawCoolDown,
    TimeSpan DeclineCoolDown
);
