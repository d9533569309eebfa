using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Platform.Gateway.Telemetry;

/// <summary>
/// What becomes of a trace that a caller brings. A caller could ask for every call to be recorded, or for none, and mix its calls into
/// others' traces; so a trace begins at the gateway, and only links to the caller's. Where nobody calls but services of one's own,
/// <see cref="GatewayOptions.TrustTraceContext"/> goes on with theirs. Baggage, which may hold anything, ends here in any case.
/// </summary>
internal sealed class CallersTrace(bool isTrusted) : DistributedContextPropagator
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";
    private const string Baggage = "baggage";

    private static readonly DistributedContextPropagator W3C = CreateW3CPropagator();

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Fields => W3C.Fields;

    /// <summary>Takes the headers off a call, so that nothing behind the gateway takes them for the gateway's.</summary>
    public void Remove(IHeaderDictionary headers)
    {
        headers.Remove(Baggage);
        if (isTrusted)
        {
            return;
        }
        if (headers.Remove(TraceParent, out var given))
        {
            Link(given);
        }
        headers.Remove(TraceState);
    }

    /// <inheritdoc />
    public override void Inject(
        Activity? activity,
        object? carrier,
        PropagatorSetterCallback? setter
    ) => W3C.Inject(activity, carrier, setter);

    /// <inheritdoc />
    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    )
    {
        (traceId, traceState) = (null, null);
        if (isTrusted)
        {
            W3C.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        }
    }

    /// <inheritdoc />
    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;

    private static void Link(StringValues given)
    {
        if (
            Activity.Current is { IsAllDataRequested: true } call
            && ActivityContext.TryParse(given, traceState: null, isRemote: true, out var theirs)
        )
        {
            call.AddLink(new ActivityLink(theirs));
        }
    }
}
