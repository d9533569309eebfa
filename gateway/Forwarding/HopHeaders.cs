using System.Collections.Frozen;

namespace Platform.Gateway.Forwarding;

/// <summary>Headers that concern two neighbours, and no one behind them.</summary>
internal static class HopHeaders
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host",
        "Connection",
        "Transfer-Encoding",
        "Keep-Alive",
        "Upgrade",
        "Proxy-Connection",
        "Proxy-Authenticate",
        "Proxy-Authentication-Info",
        "Proxy-Authorization",
        "HTTP2-Settings",
        "Upgrade-Insecure-Requests",
        "TE",
        "Alt-Svc",
        // made anew
        "Content-Length",
        "Date",
        "Server"
    );

    private static readonly FrozenSet<string> OfContent = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Content-Type",
        "Content-Encoding",
        "Content-Language",
        "Content-Location",
        "Content-Disposition",
        "Content-MD5",
        "Content-Range",
        "Allow",
        "Expires",
        "Last-Modified"
    );

    /// <summary>Whether it stays here.</summary>
    public static bool IsOne(string name) => Names.Contains(name);

    /// <summary>Whether the client library keeps it with the body.</summary>
    public static bool IsOfContent(string name) => OfContent.Contains(name);
}
