using System.Globalization;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Platform.Testing.Containers;

/// <summary>
/// A Redis Cluster of three masters without replicas, started when the first test asks for it. Tests keep apart by their key prefixes; one
/// that takes a master away starts a Cluster of its own.
/// </summary>
/// <remarks>
/// The three servers share one container: a client is redirected to the address that a node announces, and the nodes reach one another
/// by that same address. 127.0.0.1 with the same ports inside and outside is such an address for both, whatever network the engine has.
/// A slot without a master must not take the others along (<c>cluster-require-full-coverage no</c>), as operators are told too.
/// </remarks>
public sealed class RedisClusterContainers : IAsyncDisposable
{
    /// <summary>The number of masters.</summary>
    public const int Masters = 3;

    private const int Slots = 16384;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly int[] _ports = FreePorts();
    private IContainer? _container;
    private bool _hasTried;

    /// <summary>Why it is not there: the reason for <c>Assert.Skip</c>. Null once it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>For StackExchange.Redis: the first master; the client finds the others.</summary>
    public string ConnectionString => $"127.0.0.1:{_ports[0]}";

    /// <summary>Which master serves a slot.</summary>
    public static int MasterOf(int slot) => slot * Masters / Slots;

    /// <summary>Starts it, once; <see cref="Problem"/> tells whether it is there.</summary>
    /// <exception cref="TimeoutException">The container runs, but the Cluster does not serve.</exception>
    public async Task<RedisClusterContainers> StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (!_hasTried)
            {
                Problem = await ContainerEngine.FindProblemAsync(
                    RedisContainer.Image,
                    cancellationToken
                );
                if (Problem is null)
                {
                    var builder = new ContainerBuilder(RedisContainer.Image)
                        .WithEntrypoint("sh", "-c")
                        .WithCommand(StartScript());
                    foreach (var port in _ports)
                    {
                        builder = builder.WithPortBinding(port, port);
                    }
                    _container = builder.Build();
                    await _container.StartAsync(cancellationToken);
                    await WaitUntilServingAsync(cancellationToken);
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

    /// <summary>Kills a master (SIGKILL).</summary>
    public Task KillAsync(int master, CancellationToken cancellationToken) =>
        RunAsync($"kill -9 $(cat {Folder(_ports[master])}/pid)", cancellationToken);

    /// <summary>Starts a master after <see cref="KillAsync"/>, with all that it had on disk; returns when all slots are served.</summary>
    public async Task StartAgainAsync(int master, CancellationToken cancellationToken)
    {
        await RunAsync(NodeCommand(_ports[master]), cancellationToken);
        await WaitUntilServingAsync(cancellationToken);
    }

    /// <summary>Freezes all masters: their ports are open, nothing answers.</summary>
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

    private async Task WaitUntilServingAsync(CancellationToken cancellationToken)
    {
        foreach (var port in _ports)
        {
            await RedisProbe.WaitAsync(
                port,
                "CLUSTER INFO",
                $"cluster_slots_ok:{Slots}",
                cancellationToken
            );
            await RedisProbe.WaitAsync(port, "CLUSTER INFO", "cluster_state:ok", cancellationToken);
        }
    }

    private async Task RunAsync(string command, CancellationToken cancellationToken)
    {
        var result = await _container!.ExecAsync(["sh", "-c", command], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"`{command}` failed: {result.Stderr}");
        }
    }

    private static string Folder(int port) => $"/tmp/{port}";

    private static string NodeCommand(int port) =>
        $"mkdir -p {Folder(port)} && redis-server --port {port} --cluster-port {BusPort(port)} "
        + $"--dir {Folder(port)} --pidfile {Folder(port)}/pid --logfile {Folder(port)}/log "
        + "--daemonize yes --bind 0.0.0.0 --protected-mode no "
        + "--save '' --appendonly yes --appendfsync always --maxmemory-policy noeviction "
        + "--cluster-enabled yes --cluster-announce-ip 127.0.0.1 --cluster-node-timeout 1000 "
        + "--cluster-require-full-coverage no";

    // Within the container only, so any will do that is not one of the ports.
    private static int BusPort(int port) => port > 40_000 ? port - 20_000 : port + 20_000;

    private string StartScript()
    {
        // Not `redis-cli --cluster create`: it waits by seconds.
        var lines = new List<string> { "set -e" };
        lines.AddRange(_ports.Select(NodeCommand));
        lines.AddRange(_ports.Select(port => $"until {Cli(port)} ping | grep -q PONG; do :; done"));
        for (var master = 0; master < Masters; master++)
        {
            var first = ((master * Slots) + Masters - 1) / Masters;
            var last = ((((master + 1) * Slots) + Masters - 1) / Masters) - 1;
            lines.Add($"{Cli(_ports[master])} cluster set-config-epoch {master + 1}");
            lines.Add($"{Cli(_ports[master])} cluster addslotsrange {first} {last}");
        }
        lines.AddRange(
            from one in _ports
            from other in _ports
            where one != other
            select $"{Cli(one)} cluster meet 127.0.0.1 {other} {BusPort(other)}"
        );
        lines.Add("exec tail -f /dev/null");
        return string.Join('\n', lines);
    }

    private static string Cli(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"redis-cli -p {port}");

    private static int[] FreePorts()
    {
        var ports = new HashSet<int>();
        while (ports.Count < Masters)
        {
            ports.Add(ContainerEngine.FreePort());
        }
        return [.. ports];
    }
}
