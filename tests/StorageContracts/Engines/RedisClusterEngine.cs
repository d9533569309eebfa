using Platform.Testing.Containers;
using Platform.Tests.StorageContracts.Engines;

[assembly: AssemblyFixture(typeof(RedisClusterEngine))]

namespace Platform.Tests.StorageContracts.Engines;

/// <summary>A Redis Cluster of three masters in a container.</summary>
public sealed class RedisClusterEngine : RedisEngine
{
    private readonly RedisClusterContainers _cluster = new();

    public override string ConnectionString => _cluster.ConnectionString;

    protected override async Task<string?> StartAsync(CancellationToken cancellationToken) =>
        (await _cluster.StartAsync(cancellationToken)).Problem;

    protected override ValueTask StopAsync() => _cluster.DisposeAsync();
}
