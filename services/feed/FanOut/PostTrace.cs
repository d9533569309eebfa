using System.Diagnostics;

namespace Platform.Feed.FanOut;

/// <summary>
/// Lets a delivery go on with the trace of the call that published its post: the call's trace context is stored with the job, and
/// whoever works on the job, in whatever process and however much later, does so as a child of that call.
/// </summary>
public static class PostTrace
{
    private static readonly ActivitySource Source = new("Platform.Feed");

    /// <summary>The trace context of the call being served, as a W3C traceparent; null if it is not recorded.</summary>
    public static string? OfCurrentCall =>
        Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } call
            ? call.Id
            : null;

    /// <summary>The span of one turn of a worker; null without a trace to go on with, or while nobody listens.</summary>
    internal static Activity? StartTurn(DeliveryJob job) =>
        job.TraceParent is { } stored
        && Source.HasListeners()
        && ActivityContext.TryParse(stored, traceState: null, isRemote: true, out var call)
            ? Source.StartActivity("deliver post", ActivityKind.Consumer, call)
            : null;

    /// <summary>Notes what came of a turn.</summary>
    /// <param name="failure">The reason for which it ended early; null if it did not.</param>
    internal static void EndTurn(
        Activity? turn,
        DeliveryCounts counts,
        bool isDone,
        string? failure
    )
    {
        turn?.SetTag("feed.fanout.recipients", counts.Processed)
            .SetTag("feed.fanout.entries", counts.Reached)
            .SetTag("feed.fanout.done", isDone);
        if (failure is not null)
        {
            turn?.SetTag("error.type", failure).SetStatus(ActivityStatusCode.Error);
        }
    }
}
