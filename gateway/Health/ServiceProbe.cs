using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;

namespace Platform.Gateway.Health;

/// <summary>Asks a replica of a service how it is (grpc.health.v1), with a short deadline.</summary>
internal sealed class ServiceProbe(IOptions<GatewayOptions> options, TimeProvider time)
    : IDisposable
{
    public const string Serving = "SERVING";
    public const string NotServing = "NOT_SERVING";
    public const string Unreachable = "UNREACHABLE";

    /// <summary>The default waits up to two minutes before it looks again for a service that was away.</summary>
    private static readonly GrpcChannelOptions Channel = new()
    {
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
    };

    private readonly ConcurrentDictionary<string, GrpcChannel> _channels = new();

    /// <summary>SERVING, NOT_SERVING, or UNREACHABLE when it does not answer.</summary>
    public async Task<string> AskAsync(string address, CancellationToken cancellationToken)
    {
        var channel = _channels.GetOrAdd(
            address,
            static address => GrpcChannel.ForAddress(address, Channel)
        );
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
    public void Forget(string address)
    {
        if (_channels.TryRemove(address, out var channel))
        {
            channel.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }
    }
}
