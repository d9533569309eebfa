using System.Globalization;
using Platform.Storage.Garnet;
using Platform.Testing.Containers;

namespace Platform.Tests.Faults.Processes;

/// <summary>Garnet as <c>deploy/local</c> runs it, in a process of its own: this program with the verb <see cref="Verb"/>.</summary>
internal sealed class GarnetServer : StoreServer
{
    /// <summary>The first argument of this program that makes it this server; port and folder follow.</summary>
    public const string Verb = "garnet";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly ServiceProcess _process;

    public GarnetServer(Volume volume, string logFile)
        : base("redis", volume)
    {
        Port = ContainerEngine.FreePort();
        _process = new ServiceProcess(
            Name,
            [
                typeof(GarnetServer).Assembly.Location,
                Verb,
                Port.ToString(CultureInfo.InvariantCulture),
                volume.Folder,
            ],
            new Dictionary<string, string>(),
            logFile
        )
        {
            IsServing = IsServingAsync,
        };
    }

    public override bool IsKilled => true;

    protected override int Port { get; }

    /// <summary>Runs it in this process, until it is killed.</summary>
    public static async Task<int> RunAsync(int port, string folder)
    {
        await using var server = EmbeddedGarnet.Start(
            new EmbeddedGarnetOptions { Port = port, DataFolder = folder }
        );
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    public override Task StartAsync()
    {
        _process.Start();
        return _process.UntilServingAsync(StartLimit);
    }

    public override async Task RestartAsync()
    {
        await _process.KillAsync();
        await StartAsync();
    }

    public override Task PauseAsync()
    {
        _process.Pause();
        return Task.CompletedTask;
    }

    public override Task ResumeAsync()
    {
        _process.Resume();
        return Task.CompletedTask;
    }

    public override Task<bool> IsServingAsync() => RedisProbe.IsServingAsync(Port);

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await base.DisposeAsync();
    }
}
