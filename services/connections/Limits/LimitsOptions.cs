using Platform.ServiceDefaults.Limits;

namespace Platform.Connections.Limits;

/// <summary>Section <c>Limits</c>: how much members may do, by tiers; what is built in stands in <see cref="TierOptions"/>.</summary>
public sealed class LimitsOptions() : TierPolicyOptions<TierOptions, TierLimits>(Section)
{
    public const string Section = "Limits";
}
