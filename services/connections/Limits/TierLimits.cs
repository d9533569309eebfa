namespace Platform.Connections.Limits;

/// <summary>The limits of one tier; null where it sets none.</summary>
/// <param name="Tier">Its name.</param>
/// <param name="WeeklyInvitations">Invitations sent in the last seven days.</param>
/// <param name="PendingInvitations">Invitations pending at once.</param>
/// <param name="Connections">Connections.</param>
/// <param name="Blocks">Members blocked.</param>
public sealed record TierLimits(
    string Tier,
    long? WeeklyInvitations,
    long? PendingInvitations,
    long? Connections,
    long? Blocks
)
{
    /// <summary>The limit of a kind; null for none.</summary>
    public long? Of(QuotaKind kind) =>
        kind switch
        {
            QuotaKind.WeeklyInvitations => WeeklyInvitations,
            QuotaKind.PendingInvitations => PendingInvitations,
            QuotaKind.Connections => Connections,
            QuotaKind.Blocks => Blocks,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a limit."),
        };
}
