using System.Security.Claims;

namespace Platform.ServiceDefaults.Identity;

/// <summary>The principal of a verified token; made once a token, not once a call.</summary>
public sealed class CallerPrincipal(Caller caller)
    : ClaimsPrincipal(
        new ClaimsIdentity([new Claim("sub", caller.Subject)], TokenMiddleware.Scheme)
    )
{
    /// <summary>Who is calling.</summary>
    public Caller Caller { get; } = caller;
}
