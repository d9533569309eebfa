namespace Platform.Connections.Relationships;

/// <summary>The times that rule invitations.</summary>
/// <param name="Expiry">How long an invitation waits.</param>
/// <param name="WithdrawCoolDown">How long a withdrawal bars its inviter.</param>
/// <param name="DeclineCoolDown">How long a decline bars the inviter.</param>
public sealed record InvitationPolicy(
    TimeSpan Expiry,
    TimeSpan WithdrawCoolDown,
    TimeSpan DeclineCoolDown
)
{
    /// <summary>How long after an invitation its reminder may be sent.</summary>
    public TimeSpan ReminderDelay { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a decline can be undone.</summary>
    public TimeSpan UndoWindow { get; init; } = TimeSpan.FromDays(1);
}
