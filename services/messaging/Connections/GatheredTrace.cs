using System.Diagnostics;

namespace Platform.Messaging.Connections;

/// <summary>The span of a question that is asked for several calls: in the trace of the first, with links to the others.</summary>
internal static class GatheredTrace
{
    private static readonly ActivitySource Source = new("Platform.Messaging");

    /// <summary>Begins it; null if none of the calls is traced.</summary>
    /// <param name="calls">The spans of those who asked.</param>
    public static Activity? Start(IEnumerable<Activity?> calls)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        var traced = calls.OfType<Activity>().Where(call => call.Recorded).ToList();
        return traced.Count == 0
            ? null
            : Source.StartActivity(
                "ask connections",
                ActivityKind.Internal,
                traced[0].Context,
                links: traced.Skip(1).Select(call => new ActivityLink(call.Context))
            );
    }
}
