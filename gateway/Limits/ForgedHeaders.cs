namespace Platform.Gateway.Limits;

/// <summary>
/// Headers by which a caller could pretend to be somebody else or somewhere else, were anything behind the gateway to believe
/// them. They end here; who calls is told by the token alone.
/// </summary>
internal static class ForgedHeaders
{
    private static readonly string[] Names =
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
        "X-Forwarded-Port",
        "X-Forwarded-User",
        "X-Forwarded-Client-Cert",
        "X-Acting-For",
        "X-Real-IP",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Member-Id",
        "X-User-Id",
    ];

    public static void Remove(IHeaderDictionary headers)
    {
        foreach (var name in Names)
        {
            headers.Remove(name);
        }
    }
}
