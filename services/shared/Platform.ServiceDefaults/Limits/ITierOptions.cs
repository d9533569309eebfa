using System.Text.Json.Serialization.Metadata;

namespace Platform.ServiceDefaults.Limits;

/// <summary>
/// The limits of one tier as a policy says them: null takes the default tier's, 0 allows none, and
/// <see cref="TierPolicy.NoLimit"/> sets no limit.
/// </summary>
/// <typeparam name="TSelf">The type itself: one property a limit.</typeparam>
/// <typeparam name="TLimits">The limits as they count, with nothing left open.</typeparam>
public interface ITierOptions<TSelf, TLimits>
    where TSelf : class, ITierOptions<TSelf, TLimits>, new()
    where TLimits : class
{
    /// <summary>The tiers that are there without any settings; <see cref="TierPolicy.DefaultTier"/> is one and sets every limit.</summary>
    static abstract IReadOnlyDictionary<string, TSelf> BuiltIn { get; }

    /// <summary>How a policy file of such tiers is read: camel case, without reflection, and no name that means nothing.</summary>
    static abstract JsonTypeInfo<TierPolicyDocument<TSelf>> Json { get; }

    /// <summary>This, with what another one sets in place of it.</summary>
    TSelf With(TSelf other);

    /// <summary>What is wrong with it: a sentence a problem, which begins with the path of the setting.</summary>
    IEnumerable<string> Validate(string path);

    /// <summary>The limits that count.</summary>
    TLimits ToLimits(string tier);
}
