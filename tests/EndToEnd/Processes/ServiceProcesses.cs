using Platform.ServiceDefaults.Identity;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Processes;

/// <summary>
/// Each service in a process of its own, as deployed, on SQLite and an embedded Redis. In one process, as deploy/local has them, they would
/// share the runtime's instruments, and each would report for all.
/// </summary>
internal sealed class ServiceProcesses : IAsyncDisposable
{
    private static readonly string[] Names = ["connections", "follows", "messaging", "feed"];

    private readonly TestIdentity _identity = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, ServerProcess> _processes = [];
    private readonly Dictionary<string, string> _addresses = Names.ToDictionary(
        static name => name,
        static _ => DeployedProcess.Address(Ports.Free())
    );
    private readonly Dictionary<string, string> _environment;
    private readonly EmbeddedGarnet _redis;

    private ServiceProcesses(string otlp)
    {
        _redis = EmbeddedGarnet.Start(
            new EmbeddedGarnetOptions { DataFolder = _folder.File("redis") },
            null
        );
        _environment = new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlp,
            // the default is a minute
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };
        var (http, grpc) = (Ports.Free(), Ports.Free());
        GatewayPorts = (http, grpc);
        Platform = new PlatformEndpoint(
            DeployedProcess.Address(http),
            DeployedProcess.Address(grpc),
            (subject, role, tier) =>
                Task.FromResult(
                    _identity.Token(
                        subject,
                        Enum.Parse<CallerRole>(role, ignoreCase: true),
                        tier: tier
                    )
                )
        );
    }

    /// <summary>The gateway, as callers see it.</summary>
    public PlatformEndpoint Platform { get; }

    private (int Http, int Grpc) GatewayPorts { get; }

    /// <summary>Starts all; when it returns, all serve.</summary>
    /// <param name="otlp">Where they send their telemetry.</param>
    public static async Task<ServiceProcesses> StartAsync(string otlp)
    {
        var services = new ServiceProcesses(otlp);
        try
        {
            foreach (var name in Names)
            {
                await services.StartServiceAsync(name);
            }
            services._processes["gateway"] = await DeployedProcess.StartAsync(
                "gateway",
                [
                    "--Gateway:Address=loopback",
                    $"--Gateway:HttpPort={services.GatewayPorts.Http}",
                    $"--Gateway:GrpcPort={services.GatewayPorts.Grpc}",
                    $"--Redis:ConnectionString={services._redis.ConnectionString}",
                    .. services.Others,
                ],
                services._identity,
                async () =>
                {
                    using var health = await services.Platform.Http.GetAsync(
                        new Uri("/health", UriKind.Relative)
                    );
                    return health.IsSuccessStatusCode;
                },
                environment: services._environment
            );
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9 of a service; <c>redis</c> is stopped.</summary>
    public async Task KillAsync(string name)
    {
        if (name == "redis")
        {
            await _redis.DisposeAsync();
        }
        else if (_processes.Remove(name, out var process))
        {
            await process.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Platform.Dispose();
        foreach (var process in _processes.Values)
        {
            await process.DisposeAsync();
        }
        await _redis.DisposeAsync();
        _identity.Dispose();
        _folder.Dispose();
    }

    private async Task StartServiceAsync(string name) =>
        _processes[name] = await DeployedProcess.StartServiceAsync(
            name,
            _addresses[name],
            [
                "--Storage:Engine=Sqlite",
                $"--Storage:Path={_folder.File($"{name}.db")}",
                $"--Redis:ConnectionString={_redis.ConnectionString}",
                $"--Redis:KeyPrefix={name}:",
                .. Others,
            ],
            _identity,
            environment: _environment
        );

    private IEnumerable<string> Others =>
        _addresses.Select(static pair =>
            $"--Services:{DeployedProcess.Title(pair.Key)}:Address={pair.Value}"
        );
}
