using System.Globalization;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.Faults.Processes;

/// <summary>The platform as processes: every replica of every service and the gateway, started from build output.</summary>
internal sealed class PlatformProcesses : IAsyncDisposable
{
    /// <summary>Over how many posts a home feed reaches back: more than by default, so that half an hour's posts are in it.</summary>
    public const int FeedCapacity = 3000;

    private static readonly (string Service, string Project)[] Services =
    [
        ("connections", "Platform.Connections"),
        ("follows", "Platform.Follows"),
        ("messaging", "Platform.Messaging"),
        ("feed", "Platform.Feed"),
    ];

    private readonly Installation _installation;
    private readonly TestIdentity _identity;
    private readonly string _folder;
    private readonly Dictionary<string, int[]> _ports;
    private readonly Dictionary<string, Relay> _relays = [];
    private readonly HttpClient _http = new();
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<ServiceProcess> _processes = [];

    private PlatformProcesses(Installation installation, TestIdentity identity, string folder)
    {
        (_installation, _identity, _folder) = (installation, identity, folder);
        _ports = Services.ToDictionary(
            one => one.Service,
            one =>
                Enumerable
                    .Range(0, installation.ReplicasOf(one.Service))
                    .Select(_ => ContainerEngine.FreePort())
                    .ToArray()
        );
    }

    /// <summary>The address of the gateway for gRPC.</summary>
    public Uri Gateway { get; } = AddressOf(ContainerEngine.FreePort());

    /// <summary>All processes, services before the gateway.</summary>
    public IReadOnlyList<ServiceProcess> All => _processes;

    /// <summary>What services that others ask are reached through, by service.</summary>
    public IReadOnlyDictionary<string, Relay> Relays => _relays;

    /// <summary>Starts everything; when it returns, everything serves.</summary>
    public static async Task<PlatformProcesses> StartAsync(
        Installation installation,
        TestIdentity identity,
        string folder
    )
    {
        var platform = new PlatformProcesses(installation, identity, folder);
        try
        {
            foreach (var service in new[] { "connections", "follows" })
            {
                platform._relays[service] = new Relay(platform._ports[service]);
            }
            platform.Plan();
            foreach (var process in platform._processes)
            {
                process.Start();
            }
            await platform.UntilServingAsync(TimeSpan.FromMinutes(2));
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every process serves.</summary>
    public async Task UntilServingAsync(TimeSpan limit)
    {
        foreach (var process in _processes)
        {
            await process.UntilServingAsync(limit);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }
        foreach (var relay in _relays.Values)
        {
            await relay.DisposeAsync();
        }
        _channels.ForEach(channel => channel.Dispose());
        _http.Dispose();
    }

    private static Uri AddressOf(int port) =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private void Plan()
    {
        foreach (var (service, project) in Services)
        {
            foreach (var (index, port) in _ports[service].Index())
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{service}-{index + 1}");
                var channel = GrpcChannel.ForAddress(AddressOf(port));
                _channels.Add(channel);
                var health = new Health.HealthClient(channel);
                Add(
                    name,
                    project,
                    new Dictionary<string, string>
                    {
                        ["ASPNETCORE_URLS"] = AddressOf(port).ToString(),
                        ["Services:Connections:Address"] = RelayAddress("connections"),
                        ["Services:Follows:Address"] = RelayAddress("follows"),
                    }.Concat(_installation.SettingsOf(service)),
                    () => IsServingAsync(health)
                );
            }
        }
        var httpPort = ContainerEngine.FreePort();
        var gateway = new Dictionary<string, string>
        {
            ["Gateway:Address"] = "loopback",
            ["Gateway:HttpPort"] = httpPort.ToString(CultureInfo.InvariantCulture),
            ["Gateway:GrpcPort"] = Gateway.Port.ToString(CultureInfo.InvariantCulture),
            ["Gateway:ReplicaHealthInterval"] = "00:00:00.3",
        };
        foreach (var (service, ports) in _ports)
        {
            var section = $"Services:{char.ToUpperInvariant(service[0])}{service[1..]}";
            gateway[$"{section}:Address"] = AddressOf(ports[0]).ToString();
            for (var replica = 1; replica < ports.Length; replica++)
            {
                gateway[$"{section}:Replicas:{replica - 1}"] = AddressOf(ports[replica]).ToString();
            }
        }
        Add(
            "gateway",
            "Platform.Gateway",
            gateway,
            () => IsServingAsync(new Uri(AddressOf(httpPort), "/health"))
        );
    }

    private string RelayAddress(string service) => AddressOf(_relays[service].Port).ToString();

    private void Add(
        string name,
        string project,
        IEnumerable<KeyValuePair<string, string>> settings,
        Func<Task<bool>> isServing
    ) =>
        _processes.Add(
            new ServiceProcess(
                name,
                [BuiltProgram.PathOf(project)],
                settings
                    .Concat(
                        _identity.Settings.Select(one => KeyValuePair.Create(one.Key, one.Value!))
                    )
                    .Concat(Common)
                    .ToDictionary(
                        one => one.Key.Replace(":", "__", StringComparison.Ordinal),
                        one => one.Value
                    ),
                Path.Combine(_folder, $"{name}.log")
            )
            {
                IsServing = isServing,
                Clock = FakeClock.Create(Path.Combine(_folder, $"{name}.clock")),
            }
        );

    private static IEnumerable<KeyValuePair<string, string>> Common =>
        [
            new("Logging:LogLevel:Default", "Warning"),
            // processes live for minutes: they need not watch how to become faster
            new("DOTNET_TieredPGO", "0"),
            // as little as lets the gateway notice, so that a rolling restart of all takes no minute
            new("Shutdown:DrainTime", "00:00:01"),
            new("Feed:Timelines:Capacity", FeedCapacity.ToString(CultureInfo.InvariantCulture)),
            // the load goes through many changes of few pairs
            new("Invitations:WithdrawCoolDown", "00:00:00"),
            new("Invitations:DeclineCoolDown", "00:00:00"),
            new("Blocks:PauseAfterUnblock", "00:00:00"),
        ];

    private static async Task<bool> IsServingAsync(Health.HealthClient health)
    {
        try
        {
            var answer = await health.CheckAsync(
                new HealthCheckRequest(),
                deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(3)
            );
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
        }
        catch (Grpc.Core.RpcException)
        {
            return false; // not listening yet, or busy
        }
    }

    private async Task<bool> IsServingAsync(Uri address)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            using var answer = await _http.GetAsync(address, limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or OperationCanceledException)
        {
            return false; // not listening yet, or busy
        }
    }
}
