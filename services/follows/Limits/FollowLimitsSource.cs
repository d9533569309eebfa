using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Limits;

namespace Platform.Follows.Limits;

/// <summary>The limits in force.</summary>
public sealed class FollowLimitsSource(
    IOptions<FollowLimitsOptions> options,
    ILogger<FollowLimitsSource> logger
) : TierPolicySource<FollowTierOptions, FollowTierLimits>(options.Value, logger);
