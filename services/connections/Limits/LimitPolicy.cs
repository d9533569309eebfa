using Platform.ServiceDefaults.Limits;

namespace Platform.Connections.Limits;

/// <summary>The tiers that are in force together.</summary>
public sealed class LimitPolicy(
    params ReadOnlySpan<IReadOnlyDictionary<string, TierOptions>> layers
) : TierPolicy<TierOptions, TierLimits>(layers);
