using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Platform.Gateway.Routing;
using Platform.Testing;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>Names of services that stand for several hosts.</summary>
public sealed class ReplicaNamesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReplicaNames _names;
    private Func<IPAddress[]> _hosts = () => [];

    public ReplicaNamesTests() =>
        _names = new ReplicaNames(
            (_, _) => Task.FromResult(_hosts()),
            _time,
            NullLogger<ReplicaNames>.Instance
        );

    [Fact]
    public async Task Resolve_Name_IsEveryHost_AndKeepsTheName()
    {
        _hosts = () => [IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.1")];

        var replicas = await ResolveAsync("https://feed:8443/");

        Assert.Equal(["https://10.0.0.1:8443/", "https://10.0.0.2:8443/"], replicas.Keys);
        Assert.All(replicas.Values, replica => Assert.Equal("feed:8443", replica.Host));
    }

    [Fact]
    public async Task Resolve_NameThatCannotBeTold_KeepsWhatItHad()
    {
        _hosts = () => [IPAddress.Parse("10.0.0.1")];
        await ResolveAsync("http://feed:8080/");
        _hosts = () => throw new SocketException((int)SocketError.TryAgain);

        Assert.Equal(["http://10.0.0.1:8080/"], (await ResolveAsync("http://feed:8080/")).Keys);

        _hosts = () => [];
        Assert.Equal(["http://10.0.0.1:8080/"], (await ResolveAsync("http://feed:8080/")).Keys);
    }

    [Fact]
    public async Task Resolve_NameThatWasNeverTold_StaysAName()
    {
        _hosts = () => throw new SocketException((int)SocketError.HostNotFound);

        Assert.Equal(["http://feed:8080/"], (await ResolveAsync("http://feed:8080/")).Keys);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://localhost:8080/")]
    [InlineData("http://10.1.2.3:8080/")]
    [InlineData("http://[::1]:8080/")]
    public async Task Resolve_OneServer_IsNotAsked(string address)
    {
        _hosts = () => throw new InvalidOperationException("asked");

        var resolved = await CollectionAsync(address);

        Assert.Equal([address], resolved.Destinations.Keys);
        Assert.Null(resolved.ChangeToken);
    }

    [Fact]
    public async Task Resolve_Name_IsAskedAgainAfterTenSeconds()
    {
        var token = (await CollectionAsync("http://feed:8080/")).ChangeToken!;

        _time.Advance(ReplicaNames.AskedEvery - TimeSpan.FromSeconds(1));
        Assert.False(token.HasChanged);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(token.HasChanged);
    }

    /// <summary>The proxy itself takes what a name stands for as replicas, and what it stands for later.</summary>
    [Fact]
    public async Task Gateway_NameOfReplicas_FollowsIt()
    {
        IPAddress[] hosts = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")];
        using var identity = new TestIdentity();
        await using var app = Platform.Gateway.GatewayApp.Build(
            [],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(identity.Settings);
                builder.Configuration.AddInMemoryCollection(
                    from service in new[] { "Connections", "Follows", "Messaging", "Feed" }
                    select KeyValuePair.Create(
                        $"Services:{service}:Address",
                        (string?)$"http://{service}.test:9"
                    )
                );
                builder.Configuration["Gateway:Address"] = "loopback";
                builder.Configuration["Gateway:HttpPort"] = "0";
                builder.Configuration["Gateway:GrpcPort"] = "0";
                builder.Services.AddSingleton<AskName>((_, _) => Task.FromResult(hosts));
                builder.Services.AddSingleton<TimeProvider>(_time);
            }
        );
        await app.StartAsync();
        var proxy = app.Services.GetRequiredService<IProxyStateLookup>();

        Assert.Equal(["http://127.0.0.2:9/", "http://127.0.0.3:9/"], Replicas());

        hosts = [IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.4")];
        _time.Advance(ReplicaNames.AskedEvery);
        await Eventually.HoldsAsync(
            "the new replica is there",
            () =>
                Task.FromResult(
                    Replicas().SequenceEqual(["http://127.0.0.3:9/", "http://127.0.0.4:9/"])
                )
        );

        IEnumerable<string> Replicas() =>
            proxy.TryGetCluster("feed", out var cluster)
                ? cluster.Destinations.Values.Select(d => d.Model.Config.Address).Order()
                : [];
    }

    private async Task<IReadOnlyDictionary<string, DestinationConfig>> ResolveAsync(
        string address
    ) => (await CollectionAsync(address)).Destinations;

    private async Task<Yarp.ReverseProxy.ServiceDiscovery.ResolvedDestinationCollection> CollectionAsync(
        string address
    ) =>
        await _names.ResolveDestinationsAsync(
            new Dictionary<string, DestinationConfig> { [address] = new() { Address = address } },
            CancellationToken.None
        );
}
