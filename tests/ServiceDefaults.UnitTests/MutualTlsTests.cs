using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.ServiceDefaults.Clients;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Tls;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>A service with TLS that lets in only clients with a certificate, and the clients of other services.</summary>
public sealed class MutualTlsTests : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private WebApplication? _service;
    private TlsOptions _tls = new();

    private string Address => _service!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = _authority.Issue("service", usages: [TestAuthority.ServerUsage]);
        _tls = new TlsOptions
        {
            CertificateFile = certificate,
            KeyFile = key,
            ClientCaFile = _authority.CaFile,
        };
        var builder = PlatformApp.CreateBuilder(
            "tests",
            [],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(_identity.Settings);
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["Tls:CertificateFile"] = certificate,
                        ["Tls:KeyFile"] = key,
                        ["Tls:ClientCaFile"] = _authority.CaFile,
                    }
                );
                builder.WebHost.UseUrls("https://127.0.0.1:0");
            }
        );
        _service = builder.Build();
        _service.MapServiceDefaults();
        await _service.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        _identity.Dispose();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Call_WithACertificateOfTheAuthority_IsServed()
    {
        await using var provider = Client(_authority, _authority.CaFile);

        var answer = await provider
            .GetRequiredService<Health.HealthClient>()
            .CheckAsync(new HealthCheckRequest());

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }

    [Theory]
    [InlineData(true, false)] // the service is not the client's authority's
    [InlineData(false, true)] // the client is not the service's authority's
    public async Task Call_OfWhomTheOtherDoesNotKnow_IsNotServed(
        bool knownToTheService,
        bool knowsTheService
    )
    {
        await using var provider = Client(
            knownToTheService ? _authority : _stranger,
            knowsTheService ? _authority.CaFile : _stranger.CaFile
        );
        var client = provider.GetRequiredService<Health.HealthClient>();

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.CheckAsync(new HealthCheckRequest())
        );

        AssertNotReached(failure);
    }

    [Fact]
    public async Task Call_WithoutACertificate_IsNotServed()
    {
        using var channel = GrpcChannel.ForAddress(
            Address,
            new GrpcChannelOptions { HttpHandler = _authority.Client(), DisposeHttpClient = true }
        );

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest())
        );

        AssertNotReached(failure);
    }

    /// <summary>The certificate of the service itself is for servers only.</summary>
    [Fact]
    public async Task HealthProbe_ShowsThePairOfCallsToOthers()
    {
        var output = new StringWriter();
        (_tls.Services.CertificateFile, _tls.Services.KeyFile) = _authority.Issue(
            "client",
            usages: [TestAuthority.ClientUsage]
        );

        Assert.Equal(0, await HealthProbe.RunAsync(Address, _tls, output));
        Assert.Equal("SERVING", output.ToString().Trim());

        _tls.Services = new OutgoingTlsOptions();
        Assert.Equal(1, await HealthProbe.RunAsync(Address, _tls, output));
    }

    [Fact]
    public async Task HealthProbe_WithoutSuchAPair_ShowsTheServicesOwn()
    {
        var output = new StringWriter();
        // one for both sides
        _authority.Issue("service");

        Assert.Equal(0, await HealthProbe.RunAsync(Address, _tls, output));
        Assert.Equal(1, await HealthProbe.RunAsync(Address, new TlsOptions(), output));
    }

    [Theory]
    [InlineData("Tls:CertificateFile", "Tls:KeyFile")]
    [InlineData("Tls:KeyFile", "Tls:KeyFile")]
    [InlineData("Tls:ClientCaFile", "Tls:ClientCaFile")]
    [InlineData("Tls:Services:KeyFile", "Tls:Services:KeyFile")]
    public void Validate_HalfOfAPair_NamesWhatIsMissing(string setting, string named)
    {
        var options = new ConfigurationBuilder()
            .AddInMemoryCollection([new(setting, "file.pem")])
            .Build()
            .GetSection("Tls")
            .Get<TlsOptions>()!;

        Assert.Contains(named, Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    // INTERNAL is what the client library makes of a handshake that it broke off itself
    private static void AssertNotReached(RpcException failure) =>
        Assert.Contains(failure.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });

    // the client of another service, as services have it
    private ServiceProvider Client(TestAuthority shown, string caFile)
    {
        var (certificate, key) = shown.Issue("client");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Services:Neighbour:Address"] = Address,
                ["Tls:Services:CaFile"] = caFile,
                ["Tls:Services:CertificateFile"] = certificate,
                ["Tls:Services:KeyFile"] = key,
            }
        );
        builder.AddCallersGrpcClient<Health.HealthClient>("Neighbour");
        return builder.Services.BuildServiceProvider();
    }
}
