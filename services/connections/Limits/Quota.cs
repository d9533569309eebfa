namespace Platform.Connections.Limits;

/// <summary>One limit of a member and what is used of it.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Limit">The most there may be.</param>
/// <param name="Used">How much is used now; more than the limit after the policy was tightened.</param>
/// <param name="NextFreeTime">When time frees some of it; null where it does not.</param>
/// <param name="Tier">The tier that sets the limit.</param>
public sealed record Quota(
    QuotaKind Kind,
    long Limit,
    long Used,
    DateTimeOffset? NextFreeTime,
    string Tier
)
{
    /// <summary>How much is left; never negative.</summary>
    public long Remaining => Math.Max(0, Limit - Used);
}
