using Microsoft.AspNetCore.Http.Features;

namespace Platform.Gateway.Limits;

/// <summary>
/// A header that HTTP/2 forbids (RFC 9113, 8.2.2) and that the server lets through: whoever sends it hopes that somebody behind reads it as
/// HTTP/1.1 does.
/// </summary>
internal static class ForbiddenHeaders
{
    private const int ProtocolError = 0x1;

    /// <summary>Ends the stream of such a request.</summary>
    /// <returns>False when the request has no such header.</returns>
    public static bool TryReset(HttpContext context)
    {
        if (
            context.Request.Headers.TransferEncoding.Count == 0
            || context.Features.Get<IHttpResetFeature>() is not { } stream
        )
        {
            return false;
        }
        stream.Reset(ProtocolError);
        return true;
    }
}
