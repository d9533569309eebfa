using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;

namespace Platform.Testing.Containers;

/// <summary>
/// A redis-server in a container, started when the first test asks for it. One a test assembly (an assembly fixture); tests
/// keep apart by their key prefixes. A test that pauses, kills or fills it starts one of its own.
/// </summary>
/// <remarks>
/// Every write is on disk before it is acknowledged (<c>appendfsync always</c>): what a restart may lose with other settings is
/// Redis' promise and not ours, and such a test would tell nothing.
/// </remarks>
public sealed class RedisContainer : IAsyncDisposable
{
    private const int Port = 6379;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly int _hostPort = ContainerEngine.FreePort();
    private readonly INetwork? _network;
    private readonly string _alias = "redis";
    private readonly string? _dataFolder;
    private readonly string _appendFsync = "always";
    private IContainer? _container;
    private bool _hasTried;

    /// <summary>For tests of this process alone. The only public constructor, and without parameters: fixtures need both.</summary>
    public RedisContainer() { }

    private RedisContainer(INetwork network, string alias) => (_network, _alias) = (network, alias);

    private RedisContainer(string dataFolder, string appendFsync) =>
        (_dataFolder, _appendFsync) = (dataFolder, appendFsync);

    /// <summary>The image: variable <c>PLATFORM_REDIS_IMAGE</c>, by default the public one.</summary>
    public static string Image => ContainerEngine.Image("PLATFORM_REDIS_IMAGE", "redis:7.4");

    /// <summary>Why it is not there: the reason for <c>Assert.Skip</c>. Null once it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The port on loopback.</summary>
    public int HostPort => _hostPort;

    /// <summary>For StackExchange.Redis; the same after the container was stopped and started.</summary>
    public string ConnectionString => $"127.0.0.1:{_hostPort}";

    /// <summary>The same for containers on its network.</summary>
    public string NetworkConnectionString => $"{_alias}:{Port}";

    /// <summary>One that other containers of a network reach too, under a name.</summary>
    public static RedisContainer On(INetwork network, string alias) => new(network, alias);

    /// <summary>One that keeps its files in a folder of this machine, and has them on disk as often as it is told.</summary>
    public static RedisContainer In(string dataFolder, string appendFsync) =>
        new(dataFolder, appendFsync);

    /// <summary>Starts it, once; <see cref="Problem"/> tells whether it is there.</summary>
    /// <exception cref="TimeoutException">The container runs, but does not serve.</exception>
    public async Task<RedisContainer> StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (!_hasTried)
            {
                Problem = await ContainerEngine.FindProblemAsync(Image, cancellationToken);
                if (Problem is null)
                {
                    _container = new ContainerBuilder(Image)
                        // images differ in what they run; all have this
                        .WithEntrypoint("redis-server")
                        .WithCommand("--bind", "0.0.0.0", "--protected-mode", "no")
                        .WithCommand("--appendonly", "yes", "--appendfsync", _appendFsync)
                        .WithCommand(_dataFolder is null ? [] : ["--dir", "/data"])
                        .WithCommand("--save", "", "--maxmemory-policy", "noeviction")
                        .WithPortBinding(_hostPort, Port)
                        .JoinedTo(_network, _alias)
                        .KeptIn(_dataFolder, "/data")
                        // a stop is a crash: the server gets no chance to put things in order
                        .WithCreateParameterModifier(parameters =>
                            parameters.StopSignal = "SIGKILL"
                        )
                        .Build();
                    await StartAgainAsync(cancellationToken);
                }
                _hasTried = true;
            }
            return this;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Kills the server (SIGKILL).</summary>
    public Task KillAsync(CancellationToken cancellationToken) =>
        _container!.StopAsync(cancellationToken);

    /// <summary>Starts the server after <see cref="KillAsync"/>, with all that it had on disk; returns when it serves.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _container!.StartAsync(cancellationToken);
        await RedisProbe.WaitAsync(_hostPort, "PING", "+PONG", cancellationToken);
    }

    /// <summary>Freezes it: its port is open, nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) =>
        _container!.PauseAsync(cancellationToken);

    /// <summary>Goes on after <see cref="PauseAsync"/>.</summary>
    public Task UnpauseAsync(CancellationToken cancellationToken) =>
        _container!.UnpauseAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
        _starting.Dispose();
    }
}
