using Platform.Gateway.Browsers;
using Platform.ServiceDefaults.Errors;

namespace Platform.Gateway.Limits;

/// <summary>
/// What tells a browser to make nothing of an answer but data: not a page, not a script, not something to keep. Answers to gRPC do
/// not carry them: no browser asks that way.
/// </summary>
internal static class SecurityHeaders
{
    public static void Add(HttpContext context)
    {
        if (ErrorResponse.IsGrpc(context.Request) && !BrowserExtensions.IsWebCall(context.Request))
        {
            return;
        }
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }
}
