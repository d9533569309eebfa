using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.ServiceDefaults.Identity;

/// <summary>Signs tokens with ES256: those of services, and the development tokens of local mode.</summary>
public sealed class TokenMinter(
    ECDsaSecurityKey key,
    string issuer,
    string audience,
    TimeProvider time
)
{
    private readonly JsonWebTokenHandler _handler = new()
    {
        SetDefaultTimesOnTokenCreation = false,
    };
    private readonly SigningCredentials _credentials = new(key, SecurityAlgorithms.EcdsaSha256);

    /// <summary>A token of <paramref name="subject"/> in <paramref name="role"/> that expires after <paramref name="lifetime"/>.</summary>
    /// <param name="subject">The member's id, or the name of a service or operator.</param>
    /// <param name="role">What the token may do.</param>
    /// <param name="lifetime">How long it is good.</param>
    /// <param name="tier">The claim <c>tier</c>; empty for none.</param>
    public string Mint(string subject, CallerRole role, TimeSpan lifetime, string tier = "")
    {
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = subject,
            ["role"] = RoleNames.NameOf(role),
        };
        if (tier.Length > 0)
        {
            claims["tier"] = tier;
        }
        return _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + lifetime,
                Claims = claims,
                SigningCredentials = _credentials,
            }
        );
    }
}
