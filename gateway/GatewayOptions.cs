using System.Net;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Gateway;

/// <summary>Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions : IValidatedOptions
{
    /// <summary>Where to listen: an IP address, <c>loopback</c>, or <c>any</c>.</summary>
    public string Address { get; set; } = "any";

    /// <summary>Port for REST and pages (HTTP/1.1 in clear); 0 takes a free one.</summary>
    public int HttpPort { get; set; } = 8080;

    /// <summary>Port for gRPC (HTTP/2 in clear, by prior knowledge); 0 takes a free one.</summary>
    public int GrpcPort { get; set; } = 8081;

    /// <summary>
    /// The largest REST body and the largest single gRPC message, in bytes; streams of messages have no total. The services hold
    /// callers to their own limit as well, so a larger one here gains nothing.
    /// </summary>
    public int MaxRequestBytes { get; set; } = ServiceDefaultsExtensions.MaxRequestBytes;

    /// <summary>Calls that one HTTP/2 connection may have under way.</summary>
    public int MaxStreamsPerConnection { get; set; } = 1000;

    /// <summary>How long to wait for a service to accept a connection.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long <c>/health</c> waits for a service's answer.</summary>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer of <c>/health</c> may be given again.</summary>
    public TimeSpan HealthCacheTime { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The parsed <see cref="Address"/>; null when it is none.</summary>
    public IPAddress? ListenAddress =>
        Address switch
        {
            "loopback" => IPAddress.Loopback,
            "any" => IPAddress.Any,
            _ => IPAddress.TryParse(Address, out var parsed) ? parsed : null,
        };

    public IEnumerable<string> Validate()
    {
        if (ListenAddress is null)
        {
            yield return $"Gateway:Address must be an IP address, 'loopback' or 'any'; it is '{Address}'.";
        }
        if (HttpPort is < 0 or > 65535)
        {
            yield return "Gateway:HttpPort must be a port, 0 to 65535.";
        }
        if (GrpcPort is < 0 or > 65535)
        {
            yield return "Gateway:GrpcPort must be a port, 0 to 65535.";
        }
        if (HttpPort != 0 && HttpPort == GrpcPort)
        {
            yield return "Gateway:HttpPort and Gateway:GrpcPort must differ: HTTP/1.1 and HTTP/2 in clear cannot share a port.";
        }
        if (MaxRequestBytes < 1024)
        {
            yield return "Gateway:MaxRequestBytes must be at least 1024.";
        }
        if (MaxStreamsPerConnection < 1)
        {
            yield return "Gateway:MaxStreamsPerConnection must be at least 1.";
        }
        if (
            ConnectTimeout <= TimeSpan.Zero
            || HealthTimeout <= TimeSpan.Zero
            || HealthCacheTime < TimeSpan.Zero
        )
        {
            yield return "Gateway:ConnectTimeout and Gateway:HealthTimeout must be positive, Gateway:HealthCacheTime not negative.";
        }
    }
}
