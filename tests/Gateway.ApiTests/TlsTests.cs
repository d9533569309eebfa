using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.Extensions.Options;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>The gateway with a certificate of its own.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly GatewayFixture _gateway;

    public TlsTests()
    {
        var (certificate, key) = _authority.Issue("gateway");
        _gateway = new GatewayFixture
        {
            Settings =
            [
                new("Tls:CertificateFile", certificate),
                new("Tls:KeyFile", key),
                // as good as at once: a clock of the test would stand still for everything else too
                new("Tls:ReloadInterval", "00:00:00.001"),
                new("Gateway:HttpsPort", "0"),
            ],
            Authority = _authority,
        };
    }

    public ValueTask InitializeAsync() => _gateway.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Rest_OnTheOnePort_IsAnsweredInTheProtocolThatTheClientSpeaks(string version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new("Bearer", _gateway.Identity.Token("ada"));

        using var answer = await _gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Version.Parse(version), answer.Version);
        Assert.Equal("connections", answer.Headers.GetValues(FakeService.NameHeader).Single());
        Assert.True(answer.Headers.Contains("strict-transport-security"));
    }

    [Fact]
    public async Task Grpc_OnTheOnePort_ReachesItsService()
    {
        using var call = GatewayFixture.Call(
            _gateway.Member(),
            "platform.feed.v1.PostsService",
            "CreatePost"
        );

        await call.ResponseAsync;
        Assert.Equal("feed", (await call.ResponseHeadersAsync).GetValue(FakeService.NameHeader));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task GrpcWeb_OnTheOnePort_ReachesItsService(string version)
    {
        using var channel = GrpcChannel.ForAddress(
            _gateway.GrpcAddress,
            new GrpcChannelOptions
            {
                HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, _authority.Client()),
                HttpVersion = Version.Parse(version),
                HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact,
                DisposeHttpClient = true,
            }
        );
        using var call = GatewayFixture.Call(
            new TokenCallInvoker(channel.CreateCallInvoker(), _gateway.Identity.Token("ada")),
            "platform.feed.v1.PostsService",
            "CreatePost"
        );

        await call.ResponseAsync;
        Assert.Equal("feed", (await call.ResponseHeadersAsync).GetValue(FakeService.NameHeader));
    }

    [Fact]
    public async Task Clear_OnTheOnePort_IsNotAnswered()
    {
        using var http = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.GetAsync(new UriBuilder(_gateway.GrpcAddress) { Scheme = "http" }.Uri)
        );
    }

    [Fact]
    public async Task Certificate_Replaced_IsShownFromTheNextConnectionOn()
    {
        var first = await ShownAsync();
        var (certificate, _) = _authority.Issue("gateway");
        string renewed;
        using (var made = _authority.Load("gateway"))
        {
            renewed = made.SerialNumber;
        }

        await Eventually.HoldsAsync(
            "the renewed certificate is shown",
            async () => await ShownAsync() == renewed
        );
        Assert.NotEqual(first, renewed);

        // half replaced is not replaced
        await File.WriteAllTextAsync(certificate, "-----BEGIN CERT");
        Assert.Equal(renewed, await ShownAsync());
    }

    [Fact]
    public async Task Start_CertificateThatCannotBeRead_NamesTheSetting()
    {
        await using var gateway = new GatewayFixture
        {
            Settings =
            [
                new("Tls:CertificateFile", "/nowhere/tls.crt"),
                new("Tls:KeyFile", "/nowhere/tls.key"),
            ],
        };

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
            await gateway.InitializeAsync()
        );

        Assert.Contains("Tls:CertificateFile", refused.Message, StringComparison.Ordinal);
    }

    private async Task<string> ShownAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _gateway.GrpcAddress.Port);
        using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            }
        );
        return ((X509Certificate2)tls.RemoteCertificate!).SerialNumber;
    }
}
