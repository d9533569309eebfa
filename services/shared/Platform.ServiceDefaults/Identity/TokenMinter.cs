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
    public string Mint(string subject, CallerRole role, TimeSpan lifetime)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + lifetime,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = subject,
                    ["role"] = RoleNames.NameOf(role),
                },
                SigningCredentials = _credentials,
            }
        );
    }
}
