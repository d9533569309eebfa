using Platform.ServiceDefaults.Limits;

namespace Platform.Follows.Limits;

/// <summary>Section <c>Follows:Limits</c>: how much members may follow, by tiers; what is built in stands in <see cref="FollowTierOptions"/>.</summary>
public sealed class FollowLimitsOptions()
    : TierPolicyOptions<FollowTierOptions, FollowTierLimits>(Section)
{
    public const string Section = "Follows:Limits";
}
