using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Limits;

namespace Platform.Messaging.Limits;

/// <summary>The limits in force.</summary>
public sealed class MessageLimitSource(
    IOptions<MessageLimitOptions> options,
    ILogger<MessageLimitSource> logger
) : TierPolicySource<MessageTier, MessageLimits>(options.Value, logger);
