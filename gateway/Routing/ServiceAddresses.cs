using Microsoft.Extensions.Options;

namespace Platform.Gateway.Routing;

/// <summary>
/// Where the services are: each cluster of <c>routes.json</c> is one service and takes its address from
/// <c>Services:&lt;Name&gt;:Address</c>, the key under which every service looks for its neighbours.
/// </summary>
public sealed class ServiceAddresses
{
    private readonly Dictionary<string, string> _addresses;

    private ServiceAddresses(Dictionary<string, string> addresses) => _addresses = addresses;

    public IReadOnlyDictionary<string, string> All => _addresses;

    /// <exception cref="OptionsValidationException">A cluster has no address, or one that is not an http or https URL.</exception>
    public static ServiceAddresses Read(IConfiguration configuration)
    {
        var addresses = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var failures = new List<string>();
        foreach (var cluster in configuration.GetSection("ReverseProxy:Clusters").GetChildren())
        {
            var setting =
                $"Services:{char.ToUpperInvariant(cluster.Key[0])}{cluster.Key[1..]}:Address";
            var address = configuration[setting];
            if (
                Uri.TryCreate(address, UriKind.Absolute, out var uri)
                && uri.Scheme is "http" or "https"
            )
            {
                addresses[cluster.Key] = uri.GetLeftPart(UriPartial.Authority) + "/";
            }
            else
            {
                failures.Add(
                    $"{setting} must be the http or https address of the service; it is '{address}'."
                );
            }
        }
        if (addresses.Count + failures.Count == 0)
        {
            failures.Add(
                "No cluster is configured (ReverseProxy:Clusters): is routes.json beside the program?"
            );
        }
        return failures.Count == 0
            ? new ServiceAddresses(addresses)
            : throw new OptionsValidationException(
                nameof(ServiceAddresses),
                typeof(ServiceAddresses),
                failures
            );
    }
}
