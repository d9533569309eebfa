using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Identity;

/// <summary>The scheme <c>Bearer</c>: verifies tokens, and answers a missing or bad one as gRPC or as JSON.</summary>
public sealed class TokenAuthenticationHandler(
    TokenVerifier verifier,
    ErrorDomains domains,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public new const string Scheme = "Bearer";

    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var headers = Request.Headers.Authorization;
        if (headers.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }
        if (
            headers.Count > 1
            || !headers[0]!.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        )
        {
            return AuthenticateResult.Fail(
                new DomainException(
                    ErrorReason.CredentialsInvalid,
                    "The authorization is not one bearer token."
                )
            );
        }
        try
        {
            var principal = await verifier.VerifyAsync(headers[0]![Prefix.Length..]);
            return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme));
        }
        catch (DomainException refusal)
        {
            return AuthenticateResult.Fail(refusal);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        var refusal =
            result.Failure as DomainException
            ?? new DomainException(
                ErrorReason.CredentialsMissing,
                "The call carries no bearer token."
            );
        if (!ErrorResponse.IsGrpc(Request))
        {
            Response.Headers.WWWAuthenticate = Scheme;
        }
        await ErrorResponse.WriteAsync(Context, refusal, domains.OfMethod(Request.Path));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ErrorResponse.WriteAsync(
            Context,
            new DomainException(ErrorReason.RoleRequired, "The token's role may not call this."),
            domains.OfMethod(Request.Path)
        );
}
