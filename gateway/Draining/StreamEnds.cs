using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Platform.Common.V1;
using Platform.Gateway.Routing;
using Platform.ServiceDefaults.Draining;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Draining;

/// <summary>
/// Ends streams when the gateway stops, behind a whole message, and says to their readers that they are to come again elsewhere: over gRPC
/// by the status, over REST, which has no trailers, by a last line that holds it. They resume from their cursors; a connection that is cut
/// would look like a failure.
/// </summary>
internal sealed class StreamEnds(RequestDelegate next, Drain drain)
{
    private static readonly FrozenSet<string> Streams = PathsOf(method =>
        [PublicMethods.PathOf(method)]
    );

    // no stream's path has variables, so a path is enough to know it by
    private static readonly FrozenSet<string> RestStreams = PathsOf(PublicMethods.RestPathsOf);

    private static readonly Google.Rpc.Status ShuttingDown = new DomainException(
        ErrorReason.ShuttingDown,
        "The gateway is shutting down; another one goes on."
    ).ToStatus(GatewayApp.ErrorDomain);

    private static readonly byte[] LastLine = Encoding.UTF8.GetBytes(
        ErrorResponse.ToJson(ShuttingDown) + "\n"
    );

    public Task InvokeAsync(HttpContext context)
    {
        var isGrpc = ErrorResponse.IsGrpc(context.Request);
        return (isGrpc ? Streams : RestStreams).Contains(context.Request.Path.Value ?? "")
            ? InvokeStreamAsync(context, isGrpc)
            : next(context);
    }

    private async Task InvokeStreamAsync(HttpContext context, bool isGrpc)
    {
        var caller = context.RequestAborted;
        var body = context.Response.Body;
        var reset = context.Features.Get<IHttpResetFeature>();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller);
        var messages = new WholeMessages(body, isGrpc, either.Cancel);
        using var over = drain.Over.Register(messages.End);
        var end = new CleanEnd(context, reset, isGrpc, IsOurs);
        context.RequestAborted = either.Token;
        context.Response.Body = messages;
        context.Features.Set<IHttpResetFeature>(end);
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = caller;
            context.Response.Body = body;
            context.Features.Set(reset);
        }
        if (IsOurs() && !context.Response.HasStarted)
        {
            context.Response.Clear();
            await ErrorResponse.WriteAsync(context, ShuttingDown);
        }
        else if (end.IsOneLineShort)
        {
            await body.WriteAsync(LastLine, caller);
        }

        // the caller who goes away is told nothing
        bool IsOurs() => messages.HasEnded && !caller.IsCancellationRequested;
    }

    private static FrozenSet<string> PathsOf(Func<MethodDescriptor, IEnumerable<string>> paths) =>
        PublicMethods
            .All.Where(method => method.IsServerStreaming)
            .SelectMany(paths)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>In place of the reset with which the proxy ends a stream that it has begun to answer and was told to leave.</summary>
    private sealed class CleanEnd(
        HttpContext context,
        IHttpResetFeature? reset,
        bool isGrpc,
        Func<bool> isOurs
    ) : IHttpResetFeature
    {
        /// <summary>Whether the stream was left to be ended by a line.</summary>
        public bool IsOneLineShort { get; private set; }

        public void Reset(int errorCode)
        {
            if (isOurs() && !isGrpc)
            {
                IsOneLineShort = true;
            }
            else if (isOurs() && context.Response.SupportsTrailers())
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
