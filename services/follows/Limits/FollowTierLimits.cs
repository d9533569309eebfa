using Platform.Follows.Storage;

namespace Platform.Follows.Limits;

/// <summary>The limits of one tier.</summary>
/// <param name="Tier">Its name.</param>
/// <param name="Bounds">What limits each follow.</param>
/// <param name="BatchFollows">Entities in one batch.</param>
public sealed record FollowTierLimits(string Tier, FollowBounds Bounds, int BatchFollows)
{
    /// <summary>What a follow is held to; null where the tier sets no limit, which then costs nothing.</summary>
    public FollowBounds? Enforced => Bounds is { Follows: null, Hourly: null } ? null : Bounds;
}
