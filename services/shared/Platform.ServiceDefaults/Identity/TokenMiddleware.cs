using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// Verifies the bearer token of every call, and answers a missing or bad one as gRPC or as JSON. Endpoints that allow anonymous
/// callers need none.
/// </summary>
/// <remarks>
/// There is one scheme and one rule, so this does without the framework's authentication and authorization, which make a
/// handler and evaluate a policy for every call. A token that was verified before passes without waiting for anything.
/// </remarks>
public sealed class TokenMiddleware(RequestDelegate next, TokenVerifier verifier)
{
    /// <summary>The scheme that clients name in <c>authorization</c>.</summary>
    public const string Scheme = "Bearer";

    private const string Prefix = $"{Scheme} ";

    /// <summary>Passes the call on, or refuses it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers.Count == 0)
        {
            return PassOrRefuseAsync(
                context,
                ErrorReason.CredentialsMissing,
                "The call carries no bearer token."
            );
        }
        if (
            headers.Count > 1
            || !headers[0]!.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        )
        {
            return PassOrRefuseAsync(
                context,
                ErrorReason.CredentialsInvalid,
                "The authorization is not one bearer token."
            );
        }
        var verified = verifier.VerifyAsync(headers[0].AsSpan(Prefix.Length));
        return verified.IsCompletedSuccessfully
            ? PassAs(context, verified.Result)
            : VerifyAsync(context, verified);
    }

    private Task PassAs(HttpContext context, CallerPrincipal caller)
    {
        context.User = caller;
        return next(context);
    }

    private async Task VerifyAsync(HttpContext context, ValueTask<CallerPrincipal> verified)
    {
        CallerPrincipal caller;
        try
        {
            caller = await verified;
        }
        catch (DomainException refusal)
        {
            await PassOrRefuseAsync(context, refusal);
            return;
        }
        await PassAs(context, caller);
    }

    private Task PassOrRefuseAsync(HttpContext context, ErrorReason reason, string message) =>
        PassOrRefuseAsync(context, new DomainException(reason, message));

    // who need not say who they are may say it wrongly too
    private Task PassOrRefuseAsync(HttpContext context, DomainException refusal)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return next(context);
        }
        // 503, when the issuer's keys cannot be read, asks for no other token
        if (
            refusal.Reason != ErrorReason.DependencyUnavailable
            && !ErrorResponse.IsGrpc(context.Request)
        )
        {
            context.Response.Headers.WWWAuthenticate = Scheme;
        }
        return ErrorResponse.WriteAsync(
            context,
            refusal,
            ErrorDomains.PackageOf(context.Request.Path)
        );
    }
}
