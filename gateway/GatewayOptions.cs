using System.Net;
using Platform.Gateway.Limits;
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
    /// Port for everything when a certificate is configured (<c>Tls:CertificateFile</c>); the two ports in clear are not opened then. 0
    /// takes a free one.
    /// </summary>
    public int HttpsPort { get; set; } = 8443;

    /// <summary>
    /// The largest REST body and the largest single gRPC message, in bytes; streams of messages have no total. The services hold
    /// callers to their own limit as well, so a larger one here gains nothing.
    /// </summary>
    public int MaxRequestBytes { get; set; } = ServiceDefaultsExtensions.MaxRequestBytes;

    /// <summary>Calls that one HTTP/2 connection may have under way.</summary>
    public int MaxStreamsPerConnection { get; set; } = 1000;

    /// <summary>
    /// How long a client may take for the headers of a request, and how long it may send a body at less than 240 bytes a second.
    /// </summary>
    public TimeSpan SlowClientTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Origins whose pages may call from a browser, such as <c>https://app.example</c>; none by default. Tokens travel in a header, so
    /// there are no cookies to abuse, and no origin is allowed credentials.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>How many calls a second a member may make, and how many at once after a rest.</summary>
    public CallRate MemberRate { get; set; } = new() { PerSecond = 100, Burst = 1000 };

    /// <summary>How many calls a second a service may make, and how many at once after a rest.</summary>
    public CallRate ServiceRate { get; set; } = new() { PerSecond = 20_000, Burst = 40_000 };

    /// <summary>How long Redis may take to say how many calls are left, before this gateway counts for itself.</summary>
    public TimeSpan RateTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait for a service to accept a connection.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a service may take to answer its part of <c>Relationships.BatchGet</c> before that part is unknown. A caller with less
    /// time than this gets what there is a fifth of its time before its deadline.
    /// </summary>
    public TimeSpan RelationshipTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a call goes on with the trace that its caller brings (<c>traceparent</c>), sampled or not as that says. Off, a trace begins
    /// here and links to the caller's.
    /// </summary>
    public bool TrustTraceContext { get; set; }

    /// <summary>How long <c>/health</c>, and whoever watches the replicas, waits for a service's answer.</summary>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each replica is asked how it is, where a service has several.</summary>
    public TimeSpan ReplicaHealthInterval { get; set; } = TimeSpan.FromSeconds(2);

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
        if (HttpsPort is < 0 or > 65535)
        {
            yield return "Gateway:HttpsPort must be a port, 0 to 65535.";
        }
        if (HttpPort != 0 && HttpPort == GrpcPort)
        {
            yield return "Gateway:HttpPort and Gateway:GrpcPort must differ: HTTP/1.1 and HTTP/2 in clear cannot share a port.";
        }
        if (MaxRequestBytes < 1024)
        {
            yield return "Gateway:MaxRequestBytes must be at least 1024.";
        }
        foreach (var origin in AllowedOrigins)
        {
            if (
                !Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https")
                || uri.GetLeftPart(UriPartial.Authority) != origin
            )
            {
                yield return $"Gateway:AllowedOrigins must be origins such as https://app.example; one is '{origin}'.";
            }
        }
        foreach (
            var (rate, name) in new[] { (MemberRate, "MemberRate"), (ServiceRate, "ServiceRate") }
        )
        {
            if (rate.PerSecond < 0 || (rate.PerSecond > 0 && rate.Burst < 1))
            {
                yield return $"Gateway:{name} must have PerSecond of at least 0 (0: no limit) and Burst of at least 1.";
            }
        }
        // Kestrel looks once a second
        if (SlowClientTimeout <= TimeSpan.FromSeconds(1))
        {
            yield return "Gateway:SlowClientTimeout must be more than 1 second.";
        }
        if (MaxStreamsPerConnection < 1)
        {
            yield return "Gateway:MaxStreamsPerConnection must be at least 1.";
        }
        if (
            ConnectTimeout <= TimeSpan.Zero
            || RateTimeout <= TimeSpan.Zero
            || HealthTimeout <= TimeSpan.Zero
            || ReplicaHealthInterval <= TimeSpan.Zero
            || RelationshipTimeout <= TimeSpan.Zero
            || HealthCacheTime < TimeSpan.Zero
        )
        {
            yield return "Gateway:ConnectTimeout, Gateway:RateTimeout, Gateway:RelationshipTimeout, Gateway:HealthTimeout and Gateway:ReplicaHealthInterval must be positive, Gateway:HealthCacheTime not negative.";
        }
    }
}
