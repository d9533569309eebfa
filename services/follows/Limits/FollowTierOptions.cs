using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.ServiceDefaults.Limits;

namespace Platform.Follows.Limits;

/// <summary>The limits of one tier as the policy says them: null takes the default tier's, 0 allows none, -1 sets no limit.</summary>
public sealed class FollowTierOptions : ITierOptions<FollowTierOptions, FollowTierLimits>
{
    /// <summary>The most that the contract takes in a batch.</summary>
    public const int LargestBatch = 100;

    // each is an entry of a sorted set that every follow looks at
    private const int MostHourly = 10_000;
    private const int MostPercent = 1_000;

    /// <summary>Entities followed in all, whatever one's followers.</summary>
    public long? Follows { get; set; }

    /// <summary>Whoever has many followers may follow this share of their number instead, in percent; 0 for not.</summary>
    public long? FollowersPercent { get; set; }

    /// <summary>Follows within any hour.</summary>
    public long? HourlyFollows { get; set; }

    /// <summary>Entities in one batch.</summary>
    public long? BatchFollows { get; set; }

    /// <inheritdoc />
    public static IReadOnlyDictionary<string, FollowTierOptions> BuiltIn { get; } =
        new Dictionary<string, FollowTierOptions>(StringComparer.Ordinal)
        {
            [TierPolicy.DefaultTier] = new FollowTierOptions
            {
                Follows = 7_500,
                FollowersPercent = 110,
                HourlyFollows = 300,
                BatchFollows = LargestBatch,
            },
            // how fast one follows is not limited, nor how many
            [TierPolicy.BulkTier] = new FollowTierOptions
            {
                Follows = TierPolicy.NoLimit,
                HourlyFollows = TierPolicy.NoLimit,
            },
        };

    /// <inheritdoc />
    public static JsonTypeInfo<TierPolicyDocument<FollowTierOptions>> Json =>
        FollowTierJson.Default.TierPolicyDocumentFollowTierOptions;

    /// <inheritdoc />
    public FollowTierOptions With(FollowTierOptions other) =>
        new()
        {
            Follows = other.Follows ?? Follows,
            FollowersPercent = other.FollowersPercent ?? FollowersPercent,
            HourlyFollows = other.HourlyFollows ?? HourlyFollows,
            BatchFollows = other.BatchFollows ?? BatchFollows,
        };

    /// <inheritdoc />
    public IEnumerable<string> Validate(string path)
    {
        if (HourlyFollows > MostHourly)
        {
            yield return $"{path}:{nameof(HourlyFollows)} must be at most {MostHourly}, or -1 for no limit; it is {HourlyFollows}.";
        }
        if (FollowersPercent is < 0 or > MostPercent)
        {
            yield return $"{path}:{nameof(FollowersPercent)} must be between 0 and {MostPercent}; it is {FollowersPercent}.";
        }
        if (BatchFollows is < 1 or > LargestBatch)
        {
            yield return $"{path}:{nameof(BatchFollows)} must be between 1 and {LargestBatch}; it is {BatchFollows}.";
        }
        foreach (
            var problem in TierPolicy.ValidateSigns(
                path,
                (nameof(Follows), Follows),
                (nameof(HourlyFollows), HourlyFollows)
            )
        )
        {
            yield return problem;
        }
    }

    /// <inheritdoc />
    public FollowTierLimits ToLimits(string tier) =>
        new(
            tier,
            new Storage.FollowBounds(
                TierPolicy.Limit(Follows),
                (int)(FollowersPercent ?? 0),
                TierPolicy.Limit(HourlyFollows)
            ),
            (int)(BatchFollows ?? LargestBatch)
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
[JsonSerializable(typeof(TierPolicyDocument<FollowTierOptions>))]
internal sealed partial class FollowTierJson : JsonSerializerContext;
