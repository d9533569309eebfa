using System.Collections.Concurrent;

namespace Platform.ServiceDefaults.Errors;

/// <summary>The domain of an error: the package of the method that refused.</summary>
public sealed class ErrorDomains
{
    private readonly ConcurrentDictionary<string, string> _domains = new(StringComparer.Ordinal);

    /// <summary><c>/platform.connections.v1.InvitationsService/SendInvitation</c> to <c>platform.connections.v1</c>.</summary>
    public string OfMethod(string method) => _domains.GetOrAdd(method, PackageOf);

    /// <summary>The same for what a caller may have invented: it is not remembered.</summary>
    public static string PackageOf(string method)
    {
        var service = method.Trim('/').Split('/')[0];
        var end = service.LastIndexOf('.');
        return end < 0 ? service : service[..end];
    }
}
