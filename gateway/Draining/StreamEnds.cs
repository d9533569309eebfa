using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Platform.Common.V1;
using Platform.Gateway.Routing;
using Platform.ServiceDefaults.Draining;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Draining;

/// <summary>
/// Ends streams of gRPC when the gateway stops, with a status that tells their readers to come again elsewhere. They resume from their
/// cursors; a connection that is cut would look like a failure.
/// </summary>
internal sealed class StreamEnds(RequestDelegate next, Drain drain)
{
    private static readonly FrozenSet<string> Streams = PublicMethods
        .All.Where(method => method.IsServerStreaming)
        .Select(PublicMethods.PathOf)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly Google.Rpc.Status ShuttingDown = new DomainException(
        ErrorReason.ShuttingDown,
        "The gateway is shutting down; another one goes on."
    ).ToStatus(GatewayApp.ErrorDomain);

    public Task InvokeAsync(HttpContext context) =>
        ErrorResponse.IsGrpc(context.Request) && Streams.Contains(context.Request.Path.Value ?? "")
            ? InvokeStreamAsync(context)
            : next(context);

    private async Task InvokeStreamAsync(HttpContext context)
    {
        var caller = context.RequestAborted;
        var reset = context.Features.Get<IHttpResetFeature>();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, drain.Over);
        context.RequestAborted = either.Token;
        context.Features.Set<IHttpResetFeature>(new CleanEnd(context, reset, drain, caller));
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = caller;
            context.Features.Set(reset);
        }
        if (
            drain.Over.IsCancellationRequested
            && !caller.IsCancellationRequested
            && !context.Response.HasStarted
        )
        {
            context.Response.Clear();
            await ErrorResponse.WriteAsync(context, ShuttingDown);
        }
    }

    /// <summary>In place of the reset with which the proxy ends a stream that it has begun to answer and was told to leave.</summary>
    private sealed class CleanEnd(
        HttpContext context,
        IHttpResetFeature? reset,
        Drain drain,
        CancellationToken caller
    ) : IHttpResetFeature
    {
        public void Reset(int errorCode)
        {
            if (
                drain.Over.IsCancellationRequested
                && !caller.IsCancellationRequested
                && context.Response.SupportsTrailers()
            )
            {
                context.Response.AppendTrailer(
                    "grpc-status",
                    ((int)StatusCode.Unavailable).ToString(CultureInfo.InvariantCulture)
                );
                context.Response.AppendTrailer("grpc-message", ShuttingDown.Message);
                context.Response.AppendTrailer(
                    "grpc-status-details-bin",
                    Convert.ToBase64String(ShuttingDown.ToByteArray())
                );
            }
            else if (reset is not null)
            {
                reset.Reset(errorCode);
            }
            else
            {
                context.Abort();
            }
        }
    }
}
