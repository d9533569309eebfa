using Microsoft.Extensions.Options;

namespace Platform.Gateway.Routing;

/// <summary>
/// Where the services are: each cluster of <c>routes.json</c> is one service and takes its address from
/// <c>Services:&lt;Name&gt;:Address</c>, the key under which every service looks for its neighbours. <c>Services:&lt;Name&gt;:Replicas</c>
/// names the others where a service has several that no one address stands for.
/// </summary>
public sealed class ServiceAddresses
{
    private readonly Dictionary<string, IReadOnlyList<string>> _addresses;

    private ServiceAddresses(Dictionary<string, IReadOnlyList<string>> addresses) =>
        _addresses = addresses;

    /// <summary>The addresses of the replicas of each service; at least one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> All => _addresses;

    /// <summary>The addresses as destinations of the clusters, so that routes.json stays free of them.</summary>
    public IEnumerable<KeyValuePair<string, string?>> AsDestinations() =>
        from service in _addresses
        from replica in service.Value.Index()
        select KeyValuePair.Create(
            $"ReverseProxy:Clusters:{service.Key}:Destinations:{replica.Index}:Address",
            (string?)replica.Item
        );

    /// <exception cref="OptionsValidationException">A cluster has no address, or one that is not an http or https URL.</exception>
    public static ServiceAddresses Read(IConfiguration configuration)
    {
        var addresses = new Dictionary<string, IReadOnlyList<string>>(
            StringComparer.OrdinalIgnoreCase
        );
        var failures = new List<string>();
        foreach (var cluster in configuration.GetSection("ReverseProxy:Clusters").GetChildren())
        {
            var section = $"Services:{char.ToUpperInvariant(cluster.Key[0])}{cluster.Key[1..]}";
            var settings = configuration
                .GetSection($"{section}:Replicas")
                .GetChildren()
                .Select(replica => replica.Path)
                .Prepend($"{section}:Address");
            var replicas = new List<string>();
            foreach (var setting in settings)
            {
                if (AddressOf(configuration[setting]) is { } address)
                {
                    replicas.Add(address);
                }
                else
                {
                    failures.Add(
                        $"{setting} must be the http or https address of the service; it is '{configuration[setting]}'."
                    );
                }
            }
            addresses[cluster.Key] = [.. replicas.Distinct(StringComparer.OrdinalIgnoreCase)];
        }
        if (addresses.Count == 0)
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

    private static string? AddressOf(string? setting) =>
        Uri.TryCreate(setting, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri.GetLeftPart(UriPartial.Authority) + "/"
            : null;
}
