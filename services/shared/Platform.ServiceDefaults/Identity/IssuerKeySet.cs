using Microsoft.IdentityModel.Tokens;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// The public keys of an issuer as they were at one time. Tokens remember the set that verified them: once it is retired, they are
/// verified again with the keys of now.
/// </summary>
internal sealed class IssuerKeySet(IReadOnlyList<SecurityKey> keys, bool matchesKeyIds)
{
    private volatile bool _retired;

    /// <summary>Other keys took the place of these.</summary>
    public bool IsRetired => _retired;

    public void Retire() => _retired = true;

    /// <summary>The keys that may have signed a token.</summary>
    /// <param name="keyId">The token's <c>kid</c>, or null; keys without an id of their own are candidates for any.</param>
    public IReadOnlyList<SecurityKey> Candidates(string? keyId) =>
        matchesKeyIds && !string.IsNullOrEmpty(keyId)
            ? [.. keys.Where(key => string.IsNullOrEmpty(key.KeyId) || key.KeyId == keyId)]
            : keys;
}
