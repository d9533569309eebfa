using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Platform.Common.V1;
using Platform.Gateway.Health;
using Platform.Relationships.V1;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>TLS from the gateway to the services, each of which lets in only who shows a certificate of the authority.</summary>
public sealed class ServiceTlsTests : IDisposable
{
    private const string Service = "platform.feed.v1.PostsService";

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Call_BothShowCertificatesOfTheAuthority_IsServed()
    {
        await using var gateway = await StartAsync(_authority, _authority, "127.0.0.1");

        using var call = GatewayFixture.Call(gateway.Member(), Service, "CreatePost");
        await call.ResponseAsync;
        // the gateway's own clients, and whoever asks how the services are, go the same way
        await new RelationshipsService.RelationshipsServiceClient(gateway.Member()).BatchGetAsync(
            // an empty answer is one about followers, where nothing else is asked for
            new BatchGetRequest
            {
                TargetIds = { "grace" },
                Parts = { RelationshipPart.Degree, RelationshipPart.Follows },
            }
        );
        Assert.Contains(
            "/platform.connections.v1.ConnectionsService/BatchGetStandingColumns",
            gateway.Services["connections"].Calls.Keys
        );
        using var health = await gateway.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData(false, true, "127.0.0.1")] // what the service shows comes from elsewhere
    [InlineData(true, false, "127.0.0.1")] // what the gateway shows comes from elsewhere
    [InlineData(true, true, "127.0.0.2")] // what the service shows is another's
    public async Task Call_ACertificateIsNotToBeBelieved_IsUnavailable(
        bool serviceIsKnown,
        bool gatewayIsKnown,
        string address
    )
    {
        await using var gateway = await StartAsync(
            serviceIsKnown ? _authority : _stranger,
            gatewayIsKnown ? _authority : _stranger,
            address
        );

        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(gateway.Member(), Service, "CreatePost")
        );

        Assert.Equal(StatusCode.Unavailable, refusal.Code);
        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal(0, gateway.Services["feed"].TotalCalls);
        using var health = await gateway.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Fact]
    public async Task Probe_OfAReplicaBehindAName_HoldsItsCertificateToTheName()
    {
        await using var gateway = await StartAsync(_authority, _authority, "feed.test");
        var probe = gateway.Part<ServiceProbe>();
        // a pod has an address of its own, and the certificate of the name that stands for all of them
        var pod = gateway.Services["feed"].Address;

        Assert.Equal(ServiceProbe.Serving, await probe.AskAsync(pod, "feed.test:8080", default));
        Assert.Equal(ServiceProbe.Unreachable, await probe.AskAsync(pod, "other.test", default));
        Assert.Equal(ServiceProbe.Unreachable, await probe.AskAsync(pod, null, default));
    }

    private async Task<GatewayFixture> StartAsync(
        TestAuthority ofServices,
        TestAuthority ofGateway,
        string address
    )
    {
        ofServices.Issue("service", address);
        var (certificate, key) = ofGateway.Issue("gateway-as-client");
        var gateway = new GatewayFixture
        {
            Settings =
            [
                new("Tls:Services:CaFile", _authority.CaFile),
                new("Tls:Services:CertificateFile", certificate),
                new("Tls:Services:KeyFile", key),
            ],
            ServiceEndpoint = endpoint =>
                endpoint.UseHttps(https =>
                {
                    https.ServerCertificate = ofServices.Load("service");
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (shown, _, _) => _authority.Made(shown);
                }),
        };
        await gateway.InitializeAsync();
        return gateway;
    }
}
