using System.Globalization;
using Platform.ServiceDefaults.Identity;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Dashboards;

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
        static _ => Address(Ports.Free())
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
            Address(http),
            Address(grpc),
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
            await services.StartProgramAsync(
                "gateway",
                [
                    "--Gateway:Address=loopback",
                    $"--Gateway:HttpPort={services.GatewayPorts.Http}",
                    $"--Gateway:GrpcPort={services.GatewayPorts.Grpc}",
                ],
                async () =>
                {
                    using var health = await services.Platform.Http.GetAsync(
                        new Uri("/health", UriKind.Relative)
                    );
                    return health.IsSuccessStatusCode;
                }
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

    private async Task StartServiceAsync(string name)
    {
        using var client = new HttpClient
        {
            BaseAddress = new Uri(_addresses[name]),
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await StartProgramAsync(
            name,
            [
                $"--urls={_addresses[name]}",
                "--Storage:Engine=Sqlite",
                $"--Storage:Path={_folder.File($"{name}.db")}",
                $"--Redis:ConnectionString={_redis.ConnectionString}",
                $"--Redis:KeyPrefix={name}:",
            ],
            async () =>
            {
                // any answer will do: it listens
                using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));
                return true;
            }
        );
    }

    private async Task StartProgramAsync(
        string name,
        IEnumerable<string> arguments,
        Func<Task<bool>> ready
    ) =>
        _processes[name] = await ServerProcess.StartAsync(
            BuiltPrograms.Of($"Platform.{Title(name)}"),
            [
                .. arguments,
                .. _identity.Settings.Select(pair => $"--{pair.Key}={pair.Value}"),
                .. _addresses.Select(pair => $"--Services:{Title(pair.Key)}:Address={pair.Value}"),
            ],
            async () =>
            {
                try
                {
                    return await ready();
                }
                catch (HttpRequestException)
                {
                    return false; // Not listening yet.
                }
            },
            _environment
        );

    private static string Title(string name) =>
        CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name);

    private static string Address(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
