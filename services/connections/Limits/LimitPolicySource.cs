using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Limits;

namespace Platform.Connections.Limits;

/// <summary>The limits in force.</summary>
public sealed class LimitPolicySource(
    IOptions<LimitsOptions> options,
    ILogger<LimitPolicySource> logger
) : TierPolicySource<TierOptions, TierLimits>(options.Value, logger);
