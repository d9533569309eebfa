namespace Platform.ServiceDefaults.Limits;

/// <summary>The tiers that are in force together: those built in, with what the settings and then the policy file say in place of it.</summary>
public class TierPolicy<TTier, TLimits>
    where TTier : class, ITierOptions<TTier, TLimits>, new()
    where TLimits : class
{
    private readonly Dictionary<string, TLimits> _tiers;

    /// <summary>The policy of some layers over what is built in, the last one on top.</summary>
    public TierPolicy(params ReadOnlySpan<IReadOnlyDictionary<string, TTier>> layers)
    {
        var tiers = new Dictionary<string, TTier>(TTier.BuiltIn, StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            foreach (var (name, tier) in layer)
            {
                tiers[name] = tiers.GetValueOrDefault(name, new TTier()).With(tier);
            }
        }
        _tiers = tiers.ToDictionary(
            tier => tier.Key,
            tier => tiers[TierPolicy.DefaultTier].With(tier.Value).ToLimits(tier.Key),
            StringComparer.Ordinal
        );
    }

    /// <summary>The limits of a tier; those of the default one when there is none of that name.</summary>
    public TLimits Of(string tier) =>
        _tiers.GetValueOrDefault(tier) ?? _tiers[TierPolicy.DefaultTier];

    /// <summary>Whether there is a tier of that name.</summary>
    public bool Knows(string tier) => _tiers.ContainsKey(tier);
}
