using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Deadlines;

/// <summary>
/// Ends a call when its caller's time is over, also where the service that it waits for does not: that may hang, or be cut off. The
/// service is told the same time.
/// </summary>
internal sealed class CallDeadlines(RequestDelegate next, TimeProvider time)
{
    // the longest that a timer can be set to: seven weeks
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    public Task InvokeAsync(HttpContext context) =>
        CallDeadline.Read(context.Request.Headers, time) is { } deadline
            ? InvokeAsync(context, deadline)
            : next(context);

    private async Task InvokeAsync(HttpContext context, CallDeadline deadline)
    {
        var caller = context.RequestAborted;
        using var timer = new CancellationTokenSource(
            deadline.Timeout < Longest ? deadline.Timeout : Longest,
            time
        );
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, timer.Token);
        context.Features.Set(deadline);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = caller;
        }
        if (
            timer.IsCancellationRequested
            && !caller.IsCancellationRequested
            && !context.Response.HasStarted
            && context.GetForwarderErrorFeature() is not null
        )
        {
            context.Response.Clear();
            await ErrorResponse.WriteAsync(
                context,
                new DomainException(
                    ErrorReason.DeadlineExceeded,
                    "The service did not answer before the deadline of the call."
                ),
                GatewayApp.ErrorDomain
            );
        }
    }
}
