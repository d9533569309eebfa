using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Platform.Gateway.Routing;

/// <summary>Asks which hosts a name stands for.</summary>
public delegate Task<IPAddress[]> AskName(string name, CancellationToken cancellationToken);

/// <summary>
/// Makes a replica of each host that the name of a service stands for, such as the pods of a headless service, and asks again every ten
/// seconds. A name that cannot be told keeps the hosts it had; one that never was told stays a name, so that a gateway starts before the
/// services do. An address of digits, or this machine, is one replica.
/// </summary>
public sealed partial class ReplicaNames(
    AskName ask,
    TimeProvider time,
    ILogger<ReplicaNames> logger
) : IDestinationResolver
{
    /// <summary>How long a pod that was added may go unused; one that is gone is noticed by its calls.</summary>
    public static readonly TimeSpan AskedEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, IPAddress[]> _known = new();

    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations,
        CancellationToken cancellationToken
    )
    {
        var resolved = new Dictionary<string, DestinationConfig>();
        var hasNames = false;
        foreach (var destination in destinations.Values)
        {
            var uri = new Uri(destination.Address);
            if (uri.IsLoopback || IPAddress.TryParse(uri.Host, out _))
            {
                resolved[destination.Address] = destination;
                continue;
            }
            hasNames = true;
            var hosts = await HostsOfAsync(uri.Host, cancellationToken);
            if (hosts is [])
            {
                resolved[destination.Address] = destination;
            }
            foreach (var host in hosts)
            {
                var address = new UriBuilder(uri) { Host = host.ToString() }.Uri.ToString();
                // the name goes with each call, as it would without this, and is what a certificate is held to
                resolved[address] = destination with
                {
                    Address = address,
                    Host = destination.Host ?? uri.Authority,
                };
            }
        }
        return new ResolvedDestinationCollection(
            resolved,
            hasNames
                ? new CancellationChangeToken(new CancellationTokenSource(AskedEvery, time).Token)
                : null
        );
    }

    private async Task<IPAddress[]> HostsOfAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var hosts = await ask(name, cancellationToken);
            if (hosts is not [])
            {
                // in an order of their own, so that the same hosts are the same replicas
                return _known[name] = [
                    .. hosts.OrderBy(host => host.ToString(), StringComparer.Ordinal),
                ];
            }
        }
        catch (SocketException exception)
        {
            LogNotTold(name, exception.SocketErrorCode);
        }
        return _known.TryGetValue(name, out var known) ? known : [];
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The name {Name} of a service cannot be told ({Error}); its replicas stay as they were."
    )]
    private partial void LogNotTold(string name, SocketError error);
}
