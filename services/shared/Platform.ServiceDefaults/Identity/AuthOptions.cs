using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Section <c>Auth</c>: whose tokens are believed.</summary>
public sealed class AuthOptions : IValidatedOptions
{
    /// <summary>The audience every token must name.</summary>
    public string Audience { get; set; } = "platform";

    /// <summary>The issuers whose tokens are believed, each for its roles only.</summary>
    public IList<TrustedIssuer> Issuers { get; set; } = [];

    /// <summary>How far clocks may differ; at most five minutes.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often keys are read again from their addresses: a key that its issuer took back is believed this long at most, plus the
    /// five seconds that reading may take.
    /// </summary>
    public TimeSpan KeysRefreshInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long keys are believed after their address last answered.</summary>
    public TimeSpan KeysKeptFor { get; set; } = TimeSpan.FromDays(1);

    public IEnumerable<string> Validate()
    {
        if (string.IsNullOrWhiteSpace(Audience))
        {
            yield return "Auth:Audience must name the audience of tokens.";
        }
        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(5))
        {
            yield return "Auth:ClockSkew must be between 0 and 5 minutes.";
        }
        if (
            KeysRefreshInterval < TimeSpan.FromSeconds(10)
            || KeysRefreshInterval > TimeSpan.FromDays(1)
        )
        {
            yield return "Auth:KeysRefreshInterval must be between 10 seconds and 1 day.";
        }
        if (KeysKeptFor < KeysRefreshInterval)
        {
            yield return "Auth:KeysKeptFor must not be shorter than Auth:KeysRefreshInterval.";
        }
        if (Issuers.Select(issuer => issuer.Issuer).Distinct().Count() < Issuers.Count)
        {
            yield return "Auth:Issuers must name each issuer once.";
        }
        if (Issuers.Count == 0)
        {
            yield return "Auth:Issuers:0 must name an issuer whose tokens are believed; nothing starts without real keys.";
        }
        for (var index = 0; index < Issuers.Count; index++)
        {
            foreach (var problem in Issuers[index].Validate($"Auth:Issuers:{index}"))
            {
                yield return problem;
            }
        }
    }
}
