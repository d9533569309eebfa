using System.Diagnostics;
using System.Globalization;
using Platform.Testing;
using Platform.Testing.Containers;
using StackExchange.Redis;

namespace Platform.Benchmarks.Harness;

/// <summary>
/// A redis-server for one run: one that is installed, started on loopback; else one in a container (<c>PLATFORM_REDIS_IMAGE</c>). Set up
/// as deploy/compose has it, but for the limit of integer sets, which the suites set themselves.
/// </summary>
public sealed class RedisProcess : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly Process? _process;
    private readonly RedisContainer? _container;
    private readonly DirectoryInfo? _folder;

    private RedisProcess(
        string connectionString,
        Process? process,
        RedisContainer? container,
        DirectoryInfo? folder
    ) =>
        (ConnectionString, _process, _container, _folder) = (
            connectionString,
            process,
            container,
            folder
        );

    /// <summary>For StackExchange.Redis.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts one.</summary>
    /// <returns>It, or why there is none.</returns>
    public static async Task<(RedisProcess? Redis, string Problem)> StartAsync()
    {
        if (InstalledProgram.Find(Program) is { } program)
        {
            var folder = Directory.CreateTempSubdirectory("platform-redis-");
            var port = Ports.Free();
            var process = Process.Start(
                new ProcessStartInfo(
                    program,
                    $"--bind 127.0.0.1 --port {port} --dir {folder.FullName} --save \"\" --appendonly yes --appendfsync everysec --loglevel warning"
                )
                {
                    RedirectStandardOutput = true,
                }
            )!;
            return (new RedisProcess($"127.0.0.1:{port}", process, null, folder), "");
        }
        var container = new RedisContainer();
        await container.StartAsync(CancellationToken.None);
        if (container.Problem is { } problem)
        {
            await container.DisposeAsync();
            return (null, $"no {Program} is installed, and there is no container: {problem}");
        }
        var redis = new RedisProcess(container.ConnectionString, null, container, null);
        await redis.ConfigureAsync("appendfsync", "everysec");
        return (redis, "");
    }

    /// <summary>Sets one of its settings.</summary>
    public async Task ConfigureAsync(string setting, string value)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(
            ConnectionString + ",allowAdmin=true"
        );
        await admin.GetServers().Single().ConfigSetAsync(setting, value);
    }

    /// <summary>The time its commands have taken since its start, by its own account: what else the machine does counts for little.</summary>
    public async Task<TimeSpan> CommandTimeAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(
            ConnectionString + ",allowAdmin=true"
        );
        var stats = await admin.GetServers().Single().InfoAsync("commandstats");
        var microseconds = stats
            .SelectMany(section => section)
            // scripts are counted whole: what they call is counted by itself as well
            .Where(entry => entry.Key is "cmdstat_evalsha" or "cmdstat_eval")
            .SelectMany(entry => entry.Value.Split(','))
            .Where(field => field.StartsWith("usec=", StringComparison.Ordinal))
            .Sum(field => long.Parse(field["usec=".Length..], CultureInfo.InvariantCulture));
        return TimeSpan.FromMicroseconds(microseconds);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
        _folder?.Delete(recursive: true);
    }
}
