using Platform.Gateway.Health;
using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway.Routing;

/// <summary>
/// Sends a call that its replica did not answer to another one, once: any call that the replica did not take, since it accepted no
/// connection or refused the stream as a server does that stops; and one that it did take only where it changes nothing. What a replica
/// answered is its answer, UNAVAILABLE too.
/// </summary>
internal sealed class OtherReplica(ReplicaHealth health)
{
    // error codes of RFC 9113 with which a server ends streams that it did not process
    private const long NoError = 0x0;
    private const long RefusedStream = 0x7;

    /// <summary>Chooses another replica after a failure.</summary>
    /// <param name="context">The call.</param>
    /// <param name="failure">How it ended.</param>
    /// <param name="kept">Its body; null when it has none, or none that could be sent again.</param>
    /// <returns>False when the call may not be repeated, or there is no other replica.</returns>
    public bool TryTurn(HttpContext context, IForwarderErrorFeature failure, KeptBody? kept)
    {
        var proxy = context.GetReverseProxyFeature();
        if (
            failure.Exception is not { } exception
            || proxy.ProxiedDestination is not { } failed
            || proxy.AllDestinations.Count < 2
            || context.RequestAborted.IsCancellationRequested
        )
        {
            return false;
        }
        var service = proxy.Route.Cluster!;
        var causes = CausesOf(exception).ToList();
        // the client library connects anew only after a stream was refused, so nothing was processed before this either
        var isNotReached = causes.Exists(cause =>
            cause
                is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError
                }
        );
        if (isNotReached)
        {
            health.NotReached(service, failed);
        }
        var mayRepeat =
            isNotReached
            || causes.Exists(cause =>
                cause is HttpProtocolException { ErrorCode: NoError or RefusedStream }
            )
            // a call begins when its message has ended: what the replica broke off before was not begun
            || (BrokeOff(failure) && kept is { HasEnded: false })
            || (
                failure.Error is ForwarderError.Request or ForwarderError.RequestBodyDestination
                && SafeToRepeat.Is(context.Request)
            );
        if (!mayRepeat || kept?.TryRewind() == false)
        {
            return false;
        }
        var others = service
            .DestinationsState.AvailableDestinations.Where(other => other != failed)
            .ToList();
        if (others.Count == 0)
        {
            // one that does not serve may have begun to since it was asked, and there is nothing else to try
            others = [.. proxy.AllDestinations.Where(other => other != failed)];
        }
        proxy.AvailableDestinations = others;
        proxy.ProxiedDestination = null;
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.Clear();
        return true;
    }

    /// <summary>
    /// Whether it was the replica that ended the call while its body was still read from the caller, who is there. The client library then
    /// cancels the read, which looks as if the caller had failed.
    /// </summary>
    public static bool BrokeOff(IForwarderErrorFeature failure) =>
        failure is { Error: ForwarderError.RequestBodyClient, Exception: { } exception }
        && CausesOf(exception).Any(cause => cause is OperationCanceledException);

    private static IEnumerable<Exception> CausesOf(Exception exception)
    {
        yield return exception;
        IReadOnlyList<Exception> inner =
            exception is AggregateException several ? several.InnerExceptions
            : exception.InnerException is { } one ? [one]
            : [];
        foreach (var cause in inner.SelectMany(CausesOf))
        {
            yield return cause;
        }
    }
}
