using Platform.Storage.Garnet;
using Platform.Tests.StorageContracts.Engines;

[assembly: AssemblyFixture(typeof(GarnetEngine))]

namespace Platform.Tests.StorageContracts.Engines;

/// <summary>Garnet in this process, in memory.</summary>
public sealed class GarnetEngine : RedisEngine
{
    private readonly Lazy<EmbeddedGarnet> _garnet = new(() =>
        EmbeddedGarnet.Start(new EmbeddedGarnetOptions())
    );

    public override string ConnectionString => _garnet.Value.ConnectionString;

    protected override Task<string?> StartAsync(CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    protected override ValueTask StopAsync() =>
        _garnet.IsValueCreated ? _garnet.Value.DisposeAsync() : ValueTask.CompletedTask;
}
