using System.Buffers;
using System.Buffers.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Browsers;

/// <summary>
/// Makes gRPC-Web as text, which is base64 in one piece or several, the gRPC-Web in bytes that the rest takes. The framework's own
/// decoding serves only who reads and writes by pipes, and the proxy does not. The request is read whole: it is a single message,
/// gRPC-Web streams in the other direction only.
/// </summary>
internal sealed class WebText(RequestDelegate next, IOptions<GatewayOptions> options)
{
    private const string Text = "application/grpc-web-text";
    private const string Binary = "application/grpc-web";

    // room for the prefix of the message: one that is too large is refused by whoever holds all calls to the limit
    private readonly int _enough = Base64.GetMaxEncodedToUtf8Length(
        options.Value.MaxRequestBytes + 6
    );

    /// <summary>Whether the call came as text.</summary>
    public static bool IsText(HttpContext context) =>
        context.Request.ContentType?.StartsWith(Text, StringComparison.OrdinalIgnoreCase) == true;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
        var text = new byte[_enough];
        var length = await context.Request.Body.ReadAtLeastAsync(
            text,
            text.Length,
            throwOnEndOfStream: false,
            context.RequestAborted
        );
        if (!TryDecode(text.AsSpan(0, length), out var decoded))
        {
            await ErrorResponse.WriteAsync(
                context,
                new DomainException(
                    ErrorReason.InvalidRequest,
                    "The body of the call is not base64."
                ),
                GatewayApp.ErrorDomain
            );
            return;
        }
        context.Request.Body = new MemoryStream(text, 0, decoded, writable: false);
        context.Request.ContentLength = decoded;
        context.Request.ContentType = Binary + context.Request.ContentType![Text.Length..];
        // which answer is wanted stands here, and would be encoded once more
        context.Request.Headers.Accept = context.Request.ContentType;
        context.Response.Body = new Base64Stream(context.Response.Body);
        context.Response.OnStarting(
            static state =>
            {
                // what was registered later has run: the answer is gRPC-Web by now
                var response = (HttpResponse)state;
                if (response.ContentType?.StartsWith(Binary, StringComparison.Ordinal) == true)
                {
                    response.ContentType = Text + response.ContentType[Binary.Length..];
                }
                return Task.CompletedTask;
            },
            context.Response
        );
        await next(context);
        await context.Response.CompleteAsync();
    }

    // in place; each piece ends with its padding
    private static bool TryDecode(Span<byte> text, out int decoded)
    {
        decoded = 0;
        for (var rest = text; rest.Length > 0; )
        {
            var end = rest.IndexOf((byte)'=');
            var piece = rest[..(end < 0 ? rest.Length : Math.Min((end | 3) + 1, rest.Length))];
            if (Base64.DecodeFromUtf8InPlace(piece, out var written) != OperationStatus.Done)
            {
                return false;
            }
            piece[..written].CopyTo(text[decoded..]);
            decoded += written;
            rest = rest[piece.Length..];
        }
        return true;
    }
}
