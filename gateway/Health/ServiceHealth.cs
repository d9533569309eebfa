using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Platform.Gateway.Routing;

namespace Platform.Gateway.Health;

/// <summary>
/// Asks every service behind the gateway how it is (grpc.health.v1), all at once and with a short deadline, and keeps the answer for
/// a moment so that eager probes cost the services nothing.
/// </summary>
internal sealed class ServiceHealth(
    ServiceAddresses addresses,
    IOptions<GatewayOptions> options,
    TimeProvider time
) : IDisposable
{
    /// <summary>The default waits up to two minutes before it looks again for a service that was away.</summary>
    private static readonly GrpcChannelOptions Channel = new()
    {
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
    };

    private readonly ConcurrentDictionary<string, GrpcChannel> _channels = new();
    private readonly SemaphoreSlim _asking = new(1, 1);
    private Report? _last;

    /// <summary>The state of each service by name: SERVING, NOT_SERVING, or UNREACHABLE when it does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CheckAsync(
        CancellationToken cancellationToken
    )
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (
                _last is { } last
                && time.GetElapsedTime(last.Taken) < options.Value.HealthCacheTime
            )
            {
                return last.States;
            }
            var names = addresses.All.Keys.Order(StringComparer.Ordinal).ToArray();
            var states = await Task.WhenAll(
                names.Select(name => CheckAsync(addresses.All[name], cancellationToken))
            );
            _last = new Report(
                time.GetTimestamp(),
                names.Zip(states).ToDictionary(pair => pair.First, pair => pair.Second)
            );
            return _last.States;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }
        _asking.Dispose();
    }

    private async Task<string> CheckAsync(string address, CancellationToken cancellationToken)
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
                ? "SERVING"
                : "NOT_SERVING";
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return "UNREACHABLE";
        }
    }

    private sealed record Report(long Taken, IReadOnlyDictionary<string, string> States);
}
