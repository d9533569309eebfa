namespace Platform.ServiceDefaults.Limits;

/// <summary>The shape of a policy file: <c>{ "tiers": { "premium": { "someLimit": 200 } } }</c>.</summary>
public sealed record TierPolicyDocument<TTier>
    where TTier : class
{
    public Dictionary<string, TTier>? Tiers { get; init; }
}
