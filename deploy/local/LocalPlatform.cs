using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;
using Platform.Connections;
using Platform.Feed;
using Platform.Follows;
using Platform.Gateway;
using Platform.Messaging;
using Platform.ServiceDefaults.Hosting;
using Platform.ServiceDefaults.Identity;
using Platform.Storage.Garnet;

namespace Platform.Local;

/// <summary>
/// The whole platform in this process: every service as it is deployed elsewhere, each on a port of its own, and the gateway
/// before them. They speak to each other over those ports, as they do elsewhere.
/// </summary>
public sealed class LocalPlatform : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    private readonly LocalOptions _options;
    private readonly DataFolder _data;
    private readonly LocalKeys _keys;
    private readonly Dictionary<string, LoopbackPort> _ports;
    private readonly DevTokens _tokens;
    private readonly TaskCompletionSource<string> _stoppedByItself = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    // Filled as they start; stopped in the order of StopOrder.
    private readonly Dictionary<string, WebApplication> _apps = [];
    private EmbeddedGarnet? _garnet;
    private ILoggerFactory? _garnetLog;
    private bool _stopping;

    private LocalPlatform(
        LocalOptions options,
        DataFolder data,
        LocalKeys keys,
        Dictionary<string, LoopbackPort> ports
    )
    {
        _options = options;
        _data = data;
        _keys = keys;
        _ports = ports;
        _tokens = new DevTokens(keys.Minter(TimeProvider.System));
    }

    /// <summary>Callers first, then those they call: nobody is asked who has gone already.</summary>
    private static readonly string[] StopOrder =
    [
        "gateway",
        "feed",
        "messaging",
        "follows",
        "connections",
    ];

    /// <summary>The gateway's address for REST.</summary>
    public string HttpAddress => _ports["http"].Address;

    /// <summary>The gateway's address for gRPC.</summary>
    public string GrpcAddress => _ports["grpc"].Address;

    /// <summary>The full path of the data folder.</summary>
    public string DataFolder => _data.Path;

    /// <summary>Where each service listens, behind the gateway.</summary>
    public IEnumerable<KeyValuePair<string, string>> ServiceAddresses =>
        _ports
            .Where(port => port.Key is not ("http" or "grpc"))
            .Select(port => new KeyValuePair<string, string>(port.Key, port.Value.Address));

    /// <summary>Starts everything; when it returns, everything serves.</summary>
    /// <exception cref="LocalStartException">It cannot start; the message says why.</exception>
    public static async Task<LocalPlatform> StartAsync(
        LocalOptions options,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.HttpPort == options.GrpcPort && options.HttpPort != 0)
        {
            throw new LocalStartException(
                "--http-port and --grpc-port must differ: REST and gRPC in clear cannot share a port."
            );
        }
        var ports = new Dictionary<string, LoopbackPort>();
        DataFolder? data = null;
        LocalPlatform? platform = null;
        try
        {
            // What can be refused is refused before anything starts.
            ports["http"] = LoopbackPort.Take(options.HttpPort, "--http-port");
            ports["grpc"] = LoopbackPort.Take(options.GrpcPort, "--grpc-port");
            data = Local.DataFolder.Open(options.DataFolder);
            foreach (var service in StopOrder.Where(name => name != "gateway"))
            {
                ports[service] = LoopbackPort.Take(0);
            }
            platform = new LocalPlatform(options, data, LocalKeys.Ensure(data), ports);
            await platform.StartEverythingAsync(cancellationToken);
            return platform;
        }
        catch (Exception exception)
        {
            if (platform is not null)
            {
                await platform.DisposeAsync();
            }
            else
            {
                Release(ports, data);
            }
            if (exception is LocalStartException or OperationCanceledException)
            {
                throw;
            }
            throw new LocalStartException(
                options.Verbose
                    ? exception.ToString()
                    : $"{exception.Message} (--verbose says more)",
                exception
            );
        }
    }

    /// <summary>A development token, as <c>POST /dev/token</c> gives.</summary>
    public string Token(string subject, CallerRole role = CallerRole.Member) =>
        _tokens.Mint(subject, role);

    /// <summary>Waits until told to stop (answers null) or until a service stops by itself (answers its name).</summary>
    public async Task<string?> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _stoppedByItself.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Stops everything, callers before those they call, and releases ports and data.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        foreach (var name in StopOrder)
        {
            if (_apps.Remove(name, out var app))
            {
                await app.StopAsync();
                await app.DisposeAsync();
            }
        }
        if (_garnet is not null)
        {
            await _garnet.DisposeAsync();
            _garnet = null;
        }
        _garnetLog?.Dispose();
        Release(_ports, _data);
    }

    private async Task StartEverythingAsync(CancellationToken cancellationToken)
    {
        var garnet = Task.Run(StartGarnet, cancellationToken);
        await Task.WhenAll(
            RunAsync(
                "connections",
                ConnectionsApp.Build,
                [
                    .. Storage("connections.db"),
                    new("Network:SnapshotPath", _data.File("network.snapshot")),
                ],
                cancellationToken
            ),
            RunAsync("messaging", MessagingApp.Build, Storage("messages.db"), cancellationToken),
            RunAsync("gateway", GatewayApp.Build, GatewaySettings(), cancellationToken),
            RunOnRedisAsync("follows", FollowsApp.Build, [], garnet, cancellationToken),
            RunOnRedisAsync("feed", FeedApp.Build, Storage("posts.db"), garnet, cancellationToken)
        );
        await BecomeReadyAsync(cancellationToken);
    }

    private string StartGarnet()
    {
        _garnetLog = LoggerFactory.Create(ConfigureLog);
        _garnet = EmbeddedGarnet.Start(
            new EmbeddedGarnetOptions { DataFolder = _data.File("redis") },
            _garnetLog
        );
        return _garnet.ConnectionString;
    }

    private async Task RunOnRedisAsync(
        string name,
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> build,
        IEnumerable<KeyValuePair<string, string?>> settings,
        Task<string> garnet,
        CancellationToken cancellationToken
    )
    {
        KeyValuePair<string, string?>[] redis =
        [
            new("Redis:ConnectionString", await garnet),
            // They share one store here, and their keys must never meet.
            new("Redis:KeyPrefix", $"{name}:"),
        ];
        await RunAsync(name, build, settings.Concat(redis), cancellationToken);
    }

    private async Task RunAsync(
        string name,
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> build,
        IEnumerable<KeyValuePair<string, string?>> settings,
        CancellationToken cancellationToken
    )
    {
        // On a thread of its own: building and starting is compute, and the services do it side by side.
        await Task.Run(
            async () =>
            {
                var app = build([], builder => Configure(builder, name, settings));
                lock (_apps)
                {
                    _apps[name] = app;
                }
                if (name == "gateway")
                {
                    _tokens.Map(app);
                }
                app.Lifetime.ApplicationStopping.Register(() =>
                {
                    if (!_stopping)
                    {
                        _stoppedByItself.TrySetResult(name);
                    }
                });
                await app.StartAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    private void Configure(
        WebApplicationBuilder builder,
        string name,
        IEnumerable<KeyValuePair<string, string?>> settings
    )
    {
        builder.Configuration.AddInMemoryCollection(_keys.Settings);
        builder.Configuration.AddInMemoryCollection(
            ServiceAddresses.Select(service => new KeyValuePair<string, string?>(
                $"Services:{service.Key}:Address",
                service.Value
            ))
        );
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration[TelemetryExtensions.LogsOnlySetting] = (name != "gateway").ToString();
        if (name == "gateway")
        {
            // it reports for the whole process
            builder.Configuration[TelemetryExtensions.NameVariable] ??= "local";
        }
        // nobody chooses among replicas here
        builder.Configuration["Shutdown:DrainTime"] = "00:00:00";
        LoopbackPort[] ports =
            name == "gateway" ? [_ports["http"], _ports["grpc"]] : [_ports[name]];
        if (name != "gateway")
        {
            builder.WebHost.UseUrls(ports[0].Address);
        }
        builder.Services.Configure<SocketTransportOptions>(transport =>
            LoopbackPort.HandOver(transport, ports)
        );
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.PostConfigure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        ConfigureLog(builder.Logging);
        // Last of all, because the later of two filters for the same category holds.
        var level = _options.Verbose ? LogLevel.Information : LogLevel.Warning;
        builder.Services.PostConfigure<LoggerFilterOptions>(filters =>
        {
            filters.Rules.Add(
                new LoggerFilterRule(null, "Microsoft.Hosting.Lifetime", level, null)
            );
            // that something is not ready yet while all start is no error
            filters.Rules.Add(
                new LoggerFilterRule(
                    null,
                    "Microsoft.Extensions.Diagnostics.HealthChecks",
                    _options.Verbose ? LogLevel.Information : LogLevel.None,
                    null
                )
            );
        });
    }

    private void ConfigureLog(ILoggingBuilder log)
    {
        log.ClearProviders();
        log.SetMinimumLevel(_options.Verbose ? LogLevel.Information : LogLevel.Warning);
        log.AddSimpleConsole(console => console.SingleLine = true);
        log.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }

    private IEnumerable<KeyValuePair<string, string?>> GatewaySettings() =>
        [
            new("Gateway:Address", "loopback"),
            new("Gateway:HttpPort", _ports["http"].Port.ToString(CultureInfo.InvariantCulture)),
            new("Gateway:GrpcPort", _ports["grpc"].Port.ToString(CultureInfo.InvariantCulture)),
            // the start waits for this answer, and nobody else probes
            new("Gateway:HealthCacheTime", "00:00:00.05"),
            // one's own machine is nobody else's to protect, and one tries things out in loops
            new("Gateway:MemberRate:PerSecond", "0"),
            new("Gateway:ServiceRate:PerSecond", "0"),
        ];

    private IEnumerable<KeyValuePair<string, string?>> Storage(string file) =>
        [new("Storage:Engine", "Sqlite"), new("Storage:Path", _data.File(file))];

    /// <summary>Asks the gateway's own health until it says that everything serves; this also warms the way.</summary>
    private async Task BecomeReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient
        {
            BaseAddress = new Uri(HttpAddress),
            Timeout = ReadyTimeout,
        };
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await http.GetAsync(
                new Uri("/health", UriKind.Relative),
                cancellationToken
            );
            if (answer.IsSuccessStatusCode)
            {
                return;
            }
            if (TimeProvider.System.GetElapsedTime(started) > ReadyTimeout)
            {
                var states = await answer.Content.ReadAsStringAsync(cancellationToken);
                throw new LocalStartException(
                    $"not everything serves after {ReadyTimeout.TotalSeconds:0} s: {states}"
                );
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private static void Release(Dictionary<string, LoopbackPort> ports, DataFolder? data)
    {
        foreach (var port in ports.Values)
        {
            port.Dispose();
        }
        data?.Dispose();
    }
}
