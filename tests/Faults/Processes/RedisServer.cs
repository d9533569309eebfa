using Platform.Testing.Containers;

namespace Platform.Tests.Faults.Processes;

/// <summary>A redis-server in a container, as durable as <c>deploy/compose</c> makes it: its log is on disk every second.</summary>
/// <remarks>What it acknowledged survives that it is killed; a power cut, which cannot be had here, might take the last second.</remarks>
internal sealed class RedisServer : StoreServer
{
    private readonly RedisContainer _container;

    public RedisServer(Volume volume)
        : base("redis", volume) => _container = RedisContainer.In(volume.Folder, "everysec");

    public override bool IsKilled => true;

    protected override int Port => _container.HostPort;

    public override Task StartAsync() => _container.StartAsync(CancellationToken.None);

    public override async Task RestartAsync()
    {
        await _container.KillAsync(CancellationToken.None);
        await _container.StartAgainAsync(CancellationToken.None);
    }

    public override Task PauseAsync() => _container.PauseAsync(CancellationToken.None);

    public override Task ResumeAsync() => _container.UnpauseAsync(CancellationToken.None);

    public override Task<bool> IsServingAsync() => RedisProbe.IsServingAsync(Port);

    public override async ValueTask DisposeAsync()
    {
        await _container.DisposeAsync();
        await base.DisposeAsync();
    }
}
