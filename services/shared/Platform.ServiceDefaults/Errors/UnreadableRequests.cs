using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using Platform.ServiceDefaults.Streaming;

namespace Platform.ServiceDefaults.Errors;

/// <summary>
/// Gives a reason to calls that are refused before the method is called: a message that is none of its type, or too large; over REST no
/// JSON, or a value that the type of its field or parameter does not have. The framework answers those by itself, past every
/// interceptor, with a text of its own and without details.
/// </summary>
internal sealed class UnreadableRequests(RequestDelegate next, ErrorDomains domains)
{
    private static readonly string Unknown = ((int)StatusCode.Unknown).ToString(
        CultureInfo.InvariantCulture
    );
    private static readonly string Exhausted = ((int)StatusCode.ResourceExhausted).ToString(
        CultureInfo.InvariantCulture
    );

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { } method)
        {
            return next(context);
        }
        if (!ErrorResponse.IsGrpc(context.Request))
        {
            return InvokeRestAsync(context, method);
        }
        var answer = next(context);
        // most calls have begun their answer by now, and are not looked at
        return answer.IsCompletedSuccessfully && context.Response.HasStarted
            ? answer
            : InvokeGrpcAsync(answer, context, method);
    }

    private async Task InvokeGrpcAsync(Task answer, HttpContext context, GrpcMethodMetadata method)
    {
        await answer;
        var headers = context.Response.Headers;
        // what handlers and interceptors refuse has details
        if (
            context.Response.HasStarted
            || !headers.TryGetValue("grpc-status", out var status)
            || headers.ContainsKey("grpc-status-details-bin")
        )
        {
            return;
        }
        var refusal =
            status == Unknown
                ? new DomainException(
                    ErrorReason.InvalidRequest,
                    "The request cannot be read: it is no message of its type, or a text in it is no UTF-8."
                )
            : status == Exhausted
                ? new DomainException(
                    ErrorReason.PayloadTooLarge,
                    "The request is larger than the service takes."
                )
            : null;
        if (refusal is not null)
        {
            await ErrorResponse.WriteAsync(
                context,
                refusal,
                domains.OfMethod(method.Method.FullName)
            );
        }
    }

    private async Task InvokeRestAsync(HttpContext context, GrpcMethodMetadata method)
    {
        var response = context.Response;
        var body = response.Body;
        var held = new HeldRefusal(body, response);
        response.Body = held;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = body;
        }
        if (held.Content is not { } refusal)
        {
            return;
        }
        if (refusal.AsSpan().IndexOf("google.rpc.ErrorInfo"u8) >= 0)
        {
            await body.WriteAsync(refusal, context.RequestAborted);
            return;
        }
        response.ContentLength = null;
        await ErrorResponse.WriteAsync(
            context,
            new DomainException(
                ErrorReason.InvalidRequest,
                "The request cannot be read: it is not JSON, or a field or parameter has a value that its type does not have."
            ),
            domains.OfMethod(method.Method.FullName)
        );
    }

    /// <summary>Keeps what is written as the body of a 400, which is small; everything else passes through.</summary>
    private sealed class HeldRefusal(Stream inner, HttpResponse response) : WriteOnlyStream
    {
        private MemoryStream? _held;

        public byte[]? Content => _held?.ToArray();

        private Stream Target =>
            _held is null
            && (response.HasStarted || response.StatusCode != StatusCodes.Status400BadRequest)
                ? inner
                : _held ??= new MemoryStream();

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => Target.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) =>
            Target.Write(buffer, offset, count);

        public override void Flush() => Target.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) =>
            Target.FlushAsync(cancellationToken);
    }
}
