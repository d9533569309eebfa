using Platform.Testing.Containers;

namespace Platform.Tests.Faults.Processes;

/// <summary>A MongoDB in a container. It is stopped as an operator stops it.</summary>
internal sealed class MongoServer : StoreServer
{
    private readonly MongoContainer _container;

    public MongoServer(Volume volume)
        : base("mongodb", volume) => _container = MongoContainer.In(volume.Folder);

    public override bool IsKilled => false;

    /// <summary>As the driver reads it, through the relay.</summary>
    public string ConnectionString => $"mongodb://127.0.0.1:{Relay.Port}/?directConnection=true";

    protected override int Port => _container.HostPort;

    public override Task StartAsync() => _container.StartAsync(CancellationToken.None);

    public override Task RestartAsync() => _container.RestartAsync(CancellationToken.None);

    public override Task PauseAsync() => _container.PauseAsync(CancellationToken.None);

    public override Task ResumeAsync() => _container.UnpauseAsync(CancellationToken.None);

    public override Task<bool> IsServingAsync() => _container.IsServingAsync();

    public override async ValueTask DisposeAsync()
    {
        await _container.DisposeAsync();
        await base.DisposeAsync();
    }
}
