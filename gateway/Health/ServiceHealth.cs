using Microsoft.Extensions.Options;
using Platform.Gateway.Routing;

namespace Platform.Gateway.Health;

/// <summary>
/// Asks every service behind the gateway how it is, all at once, and keeps the answer for a moment so that eager probes cost the
/// services nothing. A service serves when a replica of it does.
/// </summary>
internal sealed class ServiceHealth(
    ServiceAddresses addresses,
    ServiceProbe probe,
    IOptions<GatewayOptions> options,
    TimeProvider time
) : IDisposable
{
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
                names.Select(name => StateOfAsync(name, cancellationToken))
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

    public void Dispose() => _asking.Dispose();

    private async Task<string> StateOfAsync(string name, CancellationToken cancellationToken)
    {
        var replicas = await Task.WhenAll(
            addresses.All[name].Select(address => probe.AskAsync(address, null, cancellationToken))
        );
        return replicas.FirstOrDefault(state => state == ServiceProbe.Serving) ?? replicas[0];
    }

    private sealed record Report(long Taken, IReadOnlyDictionary<string, string> States);
}
