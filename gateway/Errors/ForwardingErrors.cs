using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Gateway.Deadlines;
using Platform.Gateway.Forwarding;
using Platform.Gateway.Limits;
using Platform.Gateway.Routing;
using Platform.ServiceDefaults.Errors;
using Yarp.ReverseProxy.Forwarder;

namespace Platform.Gateway.Errors;

/// <summary>
/// Around the forwarding of one call: keeps its size within bounds, turns to another replica where that is safe, and says what went
/// wrong when no service answered. A service is named by its name, never by its address.
/// </summary>
internal sealed partial class ForwardingErrors(
    RequestDelegate next,
    OtherReplica otherReplica,
    IOptions<GatewayOptions> options,
    ILogger<ForwardingErrors> logger
)
{
    // larger than almost every message; a larger one is not sent twice
    private const int KeptBytes = 16 * 1024;

    /// <summary>Room for the five bytes before a gRPC message.</summary>
    private const int Framing = 5;

    private readonly int _maxBytes = options.Value.MaxRequestBytes;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isGrpc = ErrorResponse.IsGrpc(request);
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        if (!hasBody)
        {
            return Forward(context, kept: null);
        }
        // Ours replaces the server's limit.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        if (request.ContentLength > _maxBytes + (isGrpc ? Framing : 0))
        {
            return TooLargeAsync(context);
        }
        var body = new BoundedBody(request.Body, _maxBytes, isGrpc);
        if (isGrpc && UnaryCall.IsOne(context))
        {
            return ForwardUnaryAsync(context, new KeptBody(body, KeptBytes));
        }
        var kept =
            context.GetReverseProxyFeature().AllDestinations.Count > 1
                ? new KeptBody(body, KeptBytes)
                : null;
        request.Body = kept is null ? body : kept;
        return Forward(context, kept);
    }

    private Task Forward(HttpContext context, KeptBody? kept)
    {
        var forwarding = next(context);
        return forwarding.IsCompletedSuccessfully && context.Response.StatusCode < 400
            ? forwarding
            : AnswerAsync(context, forwarding, kept);
    }

    private async Task ForwardUnaryAsync(HttpContext context, KeptBody body)
    {
        try
        {
            if (await body.TryReadWholeAsync(context.RequestAborted))
            {
                context.Features.Set(new UnaryCall(body.Bytes));
            }
        }
        catch (Exception exception)
        {
            UnaryForwarder.Fail(
                context,
                context.RequestAborted.IsCancellationRequested
                    ? ForwarderError.RequestBodyCanceled
                    : ForwarderError.RequestBodyClient,
                exception
            );
            await ExplainAsync(context);
            return;
        }
        context.Request.Body = body;
        await AnswerAsync(context, next(context), body);
    }

    private async Task AnswerAsync(HttpContext context, Task forwarding, KeptBody? kept)
    {
        await forwarding;
        if (
            context.GetForwarderErrorFeature() is { } first
            && !context.Response.HasStarted
            && otherReplica.TryTurn(context, first, kept)
        )
        {
            context.Features.Get<CallDeadline>()?.Lessen(context.Request.Headers);
            await next(context);
        }
        await ExplainAsync(context);
    }

    /// <summary>Says what went wrong, if something did.</summary>
    private async Task ExplainAsync(HttpContext context)
    {
        if (context.GetForwarderErrorFeature() is not { } failure || context.Response.HasStarted)
        {
            return;
        }
        switch (failure.Error)
        {
            case ForwarderError.RequestCanceled
            or ForwarderError.RequestBodyCanceled
            or ForwarderError.ResponseBodyCanceled:
                return; // The caller went away: nobody reads an answer.
            case ForwarderError.RequestBodyClient
                when context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge:
                await TooLargeAsync(context);
                return;
            case ForwarderError.RequestBodyClient when !OtherReplica.BrokeOff(failure):
                await RefuseAsync(
                    context,
                    new DomainException(
                        ErrorReason.InvalidRequest,
                        "The body of the request did not end well."
                    )
                );
                return;
            default:
                var service = context.GetReverseProxyFeature().Cluster.Config.ClusterId;
                LogNotReached(service, failure.Error);
                await RefuseAsync(
                    context,
                    new DomainException(
                        ErrorReason.DependencyUnavailable,
                        $"The {service} service did not answer."
                    ).With("dependency", service)
                );
                return;
        }
    }

    private Task TooLargeAsync(HttpContext context) =>
        RefuseAsync(
            context,
            new DomainException(
                ErrorReason.PayloadTooLarge,
                $"The request is larger than {_maxBytes} bytes."
            ).With("limit_bytes", _maxBytes.ToString(CultureInfo.InvariantCulture))
        );

    private static Task RefuseAsync(HttpContext context, DomainException refusal)
    {
        context.Response.Clear();
        return ErrorResponse.WriteAsync(context, refusal, GatewayApp.ErrorDomain);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A call was not answered by the {Service} service: {Error}."
    )]
    private partial void LogNotReached(string service, ForwarderError error);
}
