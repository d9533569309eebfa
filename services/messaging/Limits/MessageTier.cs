using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.ServiceDefaults.Limits;

namespace Platform.Messaging.Limits;

/// <summary>The limits of one tier as the policy says them: null takes the default tier's, 0 allows none, -1 sets no limit.</summary>
public sealed class MessageTier : ITierOptions<MessageTier, MessageLimits>
{
    /// <summary>Messages that a member sends in a minute.</summary>
    public long? MessagesPerMinute { get; set; }

    /// <inheritdoc />
    public static IReadOnlyDictionary<string, MessageTier> BuiltIn { get; } =
        new Dictionary<string, MessageTier>(StringComparer.Ordinal)
        {
            // nobody types that much; what does is no member
            [TierPolicy.DefaultTier] = new MessageTier { MessagesPerMinute = 300 },
            [TierPolicy.BulkTier] = new MessageTier { MessagesPerMinute = TierPolicy.NoLimit },
        };

    /// <inheritdoc />
    public static JsonTypeInfo<TierPolicyDocument<MessageTier>> Json =>
        MessageTierJson.Default.TierPolicyDocumentMessageTier;

    /// <inheritdoc />
    public MessageTier With(MessageTier other) =>
        new() { MessagesPerMinute = other.MessagesPerMinute ?? MessagesPerMinute };

    /// <inheritdoc />
    public IEnumerable<string> Validate(string path) =>
        TierPolicy.ValidateSigns(path, (nameof(MessagesPerMinute), MessagesPerMinute));

    /// <inheritdoc />
    public MessageLimits ToLimits(string tier) => new(tier, TierPolicy.Limit(MessagesPerMinute));
}

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(TierPolicyDocument<MessageTier>))]
internal sealed partial class MessageTierJson : JsonSerializerContext;
