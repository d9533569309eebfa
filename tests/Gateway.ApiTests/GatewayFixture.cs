using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Common.V1;
using Platform.Gateway;
using Platform.Testing;
using Platform.Tests.Gateway.ApiTests;

[assembly: AssemblyFixture(typeof(GatewayFixture))]

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>A gateway on real ports before four fake services, and callers of it.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    /// <summary>The one origin whose pages may call.</summary>
    public const string AllowedOrigin = "https://app.example";

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(
        static bytes => bytes,
        static bytes => bytes
    );

    private readonly Dictionary<string, FakeService> _services = [];
    private WebApplication? _app;
    private GrpcChannel? _channel;

    /// <summary>Settings of the gateway beside those that every fixture has.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Settings { get; init; } = [];

    /// <summary>What else the gateway is built with.</summary>
    public Action<WebApplicationBuilder>? Configure { get; init; }

    /// <summary>Who made the gateway's certificate; null when it speaks clear text.</summary>
    public TestAuthority? Authority { get; init; }

    /// <summary>What the endpoints of the services have beside HTTP/2.</summary>
    public Action<ListenOptions>? ServiceEndpoint { get; init; }

    public TestIdentity Identity { get; } = new();

    /// <summary>A REST client without a token.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Where gRPC is served.</summary>
    public Uri GrpcAddress { get; private set; } = null!;

    public static IEnumerable<string> ServiceNames =>
        ["connections", "follows", "messaging", "feed"];

    internal IReadOnlyDictionary<string, FakeService> Services => _services;

    public async ValueTask InitializeAsync()
    {
        foreach (var name in ServiceNames)
        {
            _services[name] = await FakeService.StartAsync(name, endpoint: ServiceEndpoint);
        }
        _app = GatewayApp.Build(
            [],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Configuration.AddInMemoryCollection(Identity.Settings);
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["Gateway:Address"] = "loopback",
                        ["Gateway:HttpPort"] = "0",
                        ["Gateway:GrpcPort"] = "0",
                        ["Gateway:HealthCacheTime"] = "00:00:00",
                        ["Gateway:AllowedOrigins:0"] = AllowedOrigin,
                        ["Shutdown:DrainTime"] = "00:00:00",
                        // the tests are one member, and fast
                        ["Gateway:MemberRate:PerSecond"] = "0",
                    }
                );
                builder.Configuration.AddInMemoryCollection(Settings);
                builder.Configuration.AddInMemoryCollection(
                    _services.Select(service => new KeyValuePair<string, string?>(
                        $"Services:{service.Key}:Address",
                        service.Value.Address
                    ))
                );
                Configure?.Invoke(builder);
            }
        );
        await _app.StartAsync();
        var addresses = _app.Urls.ToArray();
        Http = new HttpClient(Authority?.Client() ?? new SocketsHttpHandler())
        {
            BaseAddress = new Uri(addresses[0]),
        };
        // with a certificate there is one port
        GrpcAddress = new Uri(addresses[^1]);
        _channel = GrpcChannel.ForAddress(
            GrpcAddress,
            new GrpcChannelOptions { HttpHandler = Authority?.Client() }
        );
    }

    /// <summary>The gateway's own objects.</summary>
    public T Part<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Stops the gateway as SIGTERM does.</summary>
    public Task StopAsync() => _app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        _channel?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        foreach (var service in _services.Values)
        {
            await service.DisposeAsync();
        }
        Identity.Dispose();
    }

    /// <summary>A caller over gRPC with a token, or with none when null.</summary>
    public CallInvoker Grpc(string? token) =>
        new TokenCallInvoker(_channel!.CreateCallInvoker(), token);

    /// <summary>A caller over gRPC with a good member token.</summary>
    public CallInvoker Member() => Grpc(Identity.Token("ada"));

    /// <summary>Calls any method with any bytes as its message.</summary>
    public static AsyncUnaryCall<byte[]> Call(
        CallInvoker invoker,
        string service,
        string method,
        byte[]? message = null,
        CallOptions options = default
    ) =>
        invoker.AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, service, method, Bytes, Bytes),
            null,
            options,
            message ?? []
        );

    /// <summary>Calls a method that the gateway serves itself: an empty message is answered, or refused as not valid.</summary>
    public static async Task AnswersOrRefusesAsync(
        CallInvoker invoker,
        string service,
        string method
    )
    {
        try
        {
            using var call = Call(invoker, service, method);
            await call.ResponseAsync;
        }
        catch (RpcException exception)
        {
            Assert.Equal(ErrorReason.InvalidRequest, Refusal.Of(exception).Reason);
        }
    }

    /// <summary>Calls over REST with a good member token, unless another or none is given.</summary>
    public Task<HttpResponseMessage> RestAsync(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        string? authorization = ""
    )
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        authorization =
            authorization?.Length == 0 ? $"Bearer {Identity.Token("ada")}" : authorization;
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
        return Http.SendAsync(request);
    }
}
