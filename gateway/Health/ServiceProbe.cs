using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Tls;

namespace Platform.Gateway.Health;

/// <summary>Asks a replica of a service how it is (grpc.health.v1), with a short deadline.</summary>
internal sealed class ServiceProbe(
    IOptions<GatewayOptions> options,
    TlsFiles tls,
    TimeProvider time
) : IDisposable
{
    public const string Serving = "SERVING";
    public const string NotServing = "NOT_SERVING";
    public const string Unreachable = "UNREACHABLE";

    private readonly ConcurrentDictionary<(string Address, string? Name), GrpcChannel> _channels =
        new();

    /// <summary>SERVING, NOT_SERVING, or UNREACHABLE when it does not answer.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="name">The name behind which it was found, which its certificate has; null for the one in the address.</param>
    public async Task<string> AskAsync(
        string address,
        string? name,
        CancellationToken cancellationToken
    )
    {
        var channel = _channels.GetOrAdd((address, name), ChannelTo);
        try
        {
            var answer = await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest(),
                deadline: time.GetUtcNow().UtcDateTime + options.Value.HealthTimeout,
                cancellationToken: cancellationToken
            );
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? Serving
                : NotServing;
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreachable;
        }
    }

    /// <summary>Ends the connection to a replica that is gone; nobody may be asking it.</summary>
    public void Forget(string address, string? name)
    {
        if (_channels.TryRemove((address, name), out var channel))
        {
            channel.Dispose();
        }
    }

    private GrpcChannel ChannelTo((string Address, string? Name) replica)
    {
        var handler = new SocketsHttpHandler();
        tls.Use(handler.SslOptions);
        return GrpcChannel.ForAddress(
            replica.Address,
            new GrpcChannelOptions
            {
                HttpHandler = replica.Name is { } name ? new NamedHandler(name, handler) : handler,
                DisposeHttpClient = true,
                // the default waits up to two minutes before it looks again for a service that was away
                InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
                MaxReconnectBackoff = TimeSpan.FromSeconds(1),
            }
        );
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }
    }

    /// <summary>Says the name behind which a replica was found, as calls that are forwarded do: its certificate is held to it.</summary>
    private sealed class NamedHandler(string name, HttpMessageHandler inner)
        : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            request.Headers.Host = name;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
