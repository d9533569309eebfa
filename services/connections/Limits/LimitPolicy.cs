namespace Platform.Connections.Limits;

/// <summary>The tiers that are in force together: those built in, with what the settings and then the policy file say in place of it.</summary>
public sealed class LimitPolicy
{
    /// <summary>Says, in a policy, that a tier has no limit.</summary>
    public const long NoLimit = -1;

    /// <summary>The tier of whoever names none, or one that is not there.</summary>
    public const string DefaultTier = "standard";

    /// <summary>The tier of imports: no limits on how fast one invites.</summary>
    public const string BulkTier = "bulk";

    private static readonly Dictionary<string, TierOptions> BuiltIn = new(StringComparer.Ordinal)
    {
        [DefaultTier] = new TierOptions
        {
            WeeklyInvitations = 100,
            PendingInvitations = 500,
            Connections = 30_000,
            Blocks = 1_200,
        },
        [BulkTier] = new TierOptions { WeeklyInvitations = NoLimit, PendingInvitations = NoLimit },
    };

    private readonly Dictionary<string, TierLimits> _tiers;

    /// <summary>The policy of some layers over what is built in, the last one on top.</summary>
    public LimitPolicy(params ReadOnlySpan<IReadOnlyDictionary<string, TierOptions>> layers)
    {
        var tiers = new Dictionary<string, TierOptions>(BuiltIn, StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            foreach (var (name, tier) in layer)
            {
                tiers[name] = tiers.GetValueOrDefault(name, new TierOptions()).With(tier);
            }
        }
        _tiers = tiers.ToDictionary(
            tier => tier.Key,
            tier => Limits(tier.Key, tiers[DefaultTier].With(tier.Value)),
            StringComparer.Ordinal
        );
    }

    /// <summary>The limits of a tier; those of the default one when there is none of that name.</summary>
    public TierLimits Of(string tier) => _tiers.GetValueOrDefault(tier) ?? _tiers[DefaultTier];

    /// <summary>Whether there is a tier of that name.</summary>
    public bool Knows(string tier) => _tiers.ContainsKey(tier);

    private static TierLimits Limits(string name, TierOptions tier) =>
        new(
            name,
            Limit(tier.WeeklyInvitations),
            Limit(tier.PendingInvitations),
            Limit(tier.Connections),
            Limit(tier.Blocks)
        );

    private static long? Limit(long? value) => value == NoLimit ? null : value;
}
