using System.Globalization;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;

namespace Platform.Gateway.Limits;

/// <summary>Holds members and services to their rate of calls; after the token was verified, so that nobody spends another's.</summary>
internal sealed class CallLimits(RequestDelegate next, CallLimiter limiter)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User is not CallerPrincipal { Caller: var caller })
        {
            return next(context);
        }
        var taken = limiter.TakeAsync(caller);
        return taken.IsCompletedSuccessfully
            ? Decide(context, caller, taken.Result)
            : WaitAsync(context, caller, taken);
    }

    private async Task WaitAsync(
        HttpContext context,
        Caller caller,
        ValueTask<RateDecision> taken
    ) => await Decide(context, caller, await taken);

    private Task Decide(HttpContext context, Caller caller, RateDecision decision) =>
        decision.IsAllowed ? next(context) : RefuseAsync(context, caller, decision.RetryAfter);

    private static Task RefuseAsync(HttpContext context, Caller caller, TimeSpan retryAfter)
    {
        if (!ErrorResponse.IsGrpc(context.Request))
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
        }
        return ErrorResponse.WriteAsync(
            context,
            new DomainException(ErrorReason.RateLimited, "Too many calls in a short time.")
                .WithQuota(
                    $"{RoleNames.NameOf(caller.Role)}:{caller.Subject}",
                    "CALLS: too many in a short time"
                )
                .WithRetryAfter(retryAfter),
            GatewayApp.ErrorDomain
        );
    }
}
