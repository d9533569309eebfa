namespace Platform.ServiceDefaults.Limits;

/// <summary>What all policies of limits have in common.</summary>
public static class TierPolicy
{
    /// <summary>Says, in a policy, that a tier has no limit.</summary>
    public const long NoLimit = -1;

    /// <summary>The tier of whoever names none, or one that is not there.</summary>
    public const string DefaultTier = "standard";

    /// <summary>The tier of imports: no limits on how fast one does something.</summary>
    public const string BulkTier = "bulk";

    /// <summary>A limit as it counts: null for none.</summary>
    public static long? Limit(long? value) => value == NoLimit ? null : value;

    /// <summary>What is wrong with the signs of limits.</summary>
    /// <param name="path">The path of their tier.</param>
    /// <param name="limits">Their names and values.</param>
    public static IEnumerable<string> ValidateSigns(
        string path,
        params (string Name, long? Value)[] limits
    ) =>
        limits
            .Where(limit => limit.Value < NoLimit)
            .Select(limit =>
                $"{path}:{limit.Name} must be 0 or more, or {NoLimit} for no limit; it is {limit.Value}."
            );
}
