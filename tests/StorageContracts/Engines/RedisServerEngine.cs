using Platform.Testing.Containers;
using Platform.Tests.StorageContracts.Engines;

[assembly: AssemblyFixture(typeof(RedisServerEngine))]

namespace Platform.Tests.StorageContracts.Engines;

/// <summary>redis-server in a container.</summary>
public sealed class RedisServerEngine : RedisEngine
{
    private readonly RedisContainer _container = new();

    public override string ConnectionString => _container.ConnectionString;

    protected override async Task<string?> StartAsync(CancellationToken cancellationToken) =>
        (await _container.StartAsync(cancellationToken)).Problem;

    protected override ValueTask StopAsync() => _container.DisposeAsync();
}
