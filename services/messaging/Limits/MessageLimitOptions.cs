using Platform.ServiceDefaults.Limits;

namespace Platform.Messaging.Limits;

/// <summary>Section <c>Limits</c>: how much members may send, by tiers; what is built in stands in <see cref="MessageTier"/>.</summary>
public sealed class MessageLimitOptions() : TierPolicyOptions<MessageTier, MessageLimits>(Section)
{
    public const string Section = "Limits";
}
