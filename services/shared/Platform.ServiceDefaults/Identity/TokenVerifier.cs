using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Validation;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// Verifies bearer tokens. A verified token is remembered until it expires: an ECDSA check costs about ten times what a
/// whole gRPC call does.
/// </summary>
public sealed class TokenVerifier
{
    // Asymmetric algorithms only: with a symmetric one, whoever knows the public key could sign ("none" is never valid).
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSsaPssSha256,
    ];

    private const int MaxTokenLength = 8 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly Dictionary<
        string,
        (TokenValidationParameters Parameters, CallerRole[] Roles)
    > _issuers;
    private readonly TrustedKeys _keys;
    private readonly VerifiedTokenCache _verified;
    private readonly TimeProvider _time;
    private readonly TimeSpan _clockSkew;

    public TokenVerifier(IOptions<AuthOptions> options, TrustedKeys keys, TimeProvider time)
    {
        _time = time;
        _keys = keys;
        _clockSkew = options.Value.ClockSkew;
        _verified = new VerifiedTokenCache(time);
        _issuers = options.Value.Issuers.ToDictionary(
            issuer => issuer.Issuer,
            issuer => (Parameters(issuer, options.Value), Roles(issuer)),
            StringComparer.Ordinal
        );
    }

    /// <summary>Verifies a token.</summary>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.CredentialsInvalid"/> or <see cref="ErrorReason.CredentialsExpired"/>;
    /// <see cref="ErrorReason.DependencyUnavailable"/> when the issuer's keys cannot be read.
    /// </exception>
    public ValueTask<CallerPrincipal> VerifyAsync(ReadOnlySpan<char> token) =>
        _verified.TryGet(token, out var principal)
            ? ValueTask.FromResult(principal)
            : VerifySlowlyAsync(new string(token));

    private async ValueTask<CallerPrincipal> VerifySlowlyAsync(string token)
    {
        if (token.Length > MaxTokenLength || !_handler.CanReadToken(token))
        {
            throw Invalid("The token is not a JSON Web Token.");
        }
        JsonWebToken unverified;
        try
        {
            unverified = _handler.ReadJsonWebToken(token);
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException)
        {
            throw Invalid("The token is not a JSON Web Token.");
        }
        // no key is asked for on behalf of a token that could not be good with any
        if (
            !_issuers.TryGetValue(unverified.Issuer, out var issuer)
            || !_keys.TryGet(unverified.Issuer, out var keys)
            || !Algorithms.Contains(unverified.Alg)
        )
        {
            throw Invalid("The token's issuer or algorithm is not trusted here.");
        }
        var (keySet, candidates) = await keys.FindAsync(unverified.Kid);
        var parameters = issuer.Parameters.Clone();
        parameters.IssuerSigningKeys = candidates;
        var result = await _handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid)
        {
            throw result.Exception
                is SecurityTokenExpiredException
                    or SecurityTokenNotYetValidException
                ? new DomainException(
                    ErrorReason.CredentialsExpired,
                    "The token has expired or is not valid yet."
                )
                : Invalid("The token is forged, for another audience, or lacks a claim.");
        }
        var verified = (JsonWebToken)result.SecurityToken;
        if (
            !verified.TryGetPayloadValue<string>("role", out var roleName)
            || !RoleNames.TryParse(roleName, out var role)
            || !issuer.Roles.Contains(role)
        )
        {
            throw Invalid("The token carries no role that its issuer may give.");
        }
        if (!MemberId.IsValid(verified.Subject))
        {
            throw Invalid("The token's subject is not a valid id.");
        }
        var principal = new CallerPrincipal(
            new Caller(role, verified.Subject) { Tier = TierOf(verified) }
        );
        _verified.Add(
            token,
            principal,
            keySet,
            new DateTimeOffset(verified.ValidTo, TimeSpan.Zero) + _clockSkew
        );
        return principal;
    }

    // an identity system may mean something else by the claim: what cannot be the name of a tier is none
    private static string TierOf(JsonWebToken token) =>
        token.TryGetPayloadValue<object>("tier", out var claim)
        && claim is string tier
        && MemberId.IsValid(tier)
            ? tier
            : "";

    private TokenValidationParameters Parameters(TrustedIssuer issuer, AuthOptions options) =>
        new()
        {
            ValidIssuer = issuer.Issuer,
            ValidAudience = options.Audience,
            ValidAlgorithms = Algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = options.ClockSkew,
            // the handler reads the system's clock by itself; this one can be set in tests
            LifetimeValidator = (notBefore, expires, _, parameters) =>
                ValidateLifetime(notBefore, expires, parameters.ClockSkew),
        };

    private bool ValidateLifetime(DateTime? notBefore, DateTime? expires, TimeSpan skew)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (expires is null)
        {
            throw new SecurityTokenNoExpirationException();
        }
        if (expires.Value + skew < now)
        {
            throw new SecurityTokenExpiredException();
        }
        return notBefore is null || notBefore.Value - skew <= now
            ? true
            : throw new SecurityTokenNotYetValidException();
    }

    private static CallerRole[] Roles(TrustedIssuer issuer) =>
        [.. issuer.Roles.Select(name => RoleNames.TryParse(name, out var role) ? role : default)];

    private static DomainException Invalid(string message) =>
        new(ErrorReason.CredentialsInvalid, message);
}
