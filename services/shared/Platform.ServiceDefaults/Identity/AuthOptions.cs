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
