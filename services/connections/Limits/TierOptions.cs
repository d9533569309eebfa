using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.ServiceDefaults.Limits;

namespace Platform.Connections.Limits;

/// <summary>The limits of one tier as the policy says them: null takes the default tier's, 0 allows none, -1 sets no limit.</summary>
public sealed class TierOptions : ITierOptions<TierOptions, TierLimits>
{
    /// <summary>Invitations sent in the last seven days.</summary>
    public long? WeeklyInvitations { get; set; }

    /// <summary>Invitations pending at once.</summary>
    public long? PendingInvitations { get; set; }

    /// <summary>Connections.</summary>
    public long? Connections { get; set; }

    /// <summary>Members blocked.</summary>
    public long? Blocks { get; set; }

    /// <inheritdoc />
    public static IReadOnlyDictionary<string, TierOptions> BuiltIn { get; } =
        new Dictionary<string, TierOptions>(StringComparer.Ordinal)
        {
            [TierPolicy.DefaultTier] = new TierOptions
            {
                WeeklyInvitations = 100,
                PendingInvitations = 500,
                Connections = 30_000,
                Blocks = 1_200,
            },
            // how fast one invites is not limited
            [TierPolicy.BulkTier] = new TierOptions
            {
                WeeklyInvitations = TierPolicy.NoLimit,
                PendingInvitations = TierPolicy.NoLimit,
            },
        };

    /// <inheritdoc />
    public static JsonTypeInfo<TierPolicyDocument<TierOptions>> Json =>
        LimitPolicyJson.Default.TierPolicyDocumentTierOptions;

    /// <inheritdoc />
    public TierOptions With(TierOptions other) =>
        new()
        {
            WeeklyInvitations = other.WeeklyInvitations ?? WeeklyInvitations,
            PendingInvitations = other.PendingInvitations ?? PendingInvitations,
            Connections = other.Connections ?? Connections,
            Blocks = other.Blocks ?? Blocks,
        };

    // each is a line of the member's document, which every invitation writes
    private const int MaxWeeklyInvitations = 5000;

    /// <inheritdoc />
    public IEnumerable<string> Validate(string path)
    {
        if (WeeklyInvitations > MaxWeeklyInvitations)
        {
            yield return $"{path}:{nameof(WeeklyInvitations)} must be at most {MaxWeeklyInvitations}, or -1 for no limit; it is {WeeklyInvitations}.";
        }
        foreach (
            var problem in TierPolicy.ValidateSigns(
                path,
                (nameof(WeeklyInvitations), WeeklyInvitations),
                (nameof(PendingInvitations), PendingInvitations),
                (nameof(Connections), Connections),
                (nameof(Blocks), Blocks)
            )
        )
        {
            yield return problem;
        }
    }

    /// <inheritdoc />
    public TierLimits ToLimits(string tier) =>
        new(
            tier,
            TierPolicy.Limit(WeeklyInvitations),
            TierPolicy.Limit(PendingInvitations),
            TierPolicy.Limit(Connections),
            TierPolicy.Limit(Blocks)
        );
}

/// <summary>Serialization without reflection.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true
)]
[JsonSerializable(typeof(TierPolicyDocument<TierOptions>))]
internal sealed partial class LimitPolicyJson : JsonSerializerContext;
