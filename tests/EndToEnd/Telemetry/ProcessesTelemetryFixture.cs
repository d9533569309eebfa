using System.Globalization;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;
using Platform.Testing.Containers;
using Platform.Tests.EndToEnd.Local;

namespace Platform.Tests.EndToEnd.Telemetry;

/// <summary>The services and the gateway, each in a process of its own, on a MongoDB and a Redis in containers.</summary>
public sealed class ProcessesTelemetryFixture : IAsyncLifetime
{
    private static readonly string[] Services = ["Connections", "Follows", "Messaging", "Feed"];

    private readonly TestIdentity _identity = new();
    private readonly MongoContainer _mongo = new();
    private readonly RedisContainer _redis = new();
    private readonly Dictionary<string, ServiceProcess> _processes = [];
    private string? _problem;

    public OtlpReceiver Receiver { get; private set; } = null!;

    private PlatformEndpoint? Platform { get; set; }

    /// <summary>The running platform; skips the test, with the reason, where there are no containers.</summary>
    public PlatformEndpoint OrSkip()
    {
        Assert.SkipWhen(_problem is not null, _problem ?? "");
        return Platform!;
    }

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        await Task.WhenAll(
            _mongo.StartAsync(CancellationToken.None),
            _redis.StartAsync(CancellationToken.None)
        );
        _problem = _mongo.Problem ?? _redis.Problem;
        if (_problem is not null)
        {
            return;
        }
        var ports = Services.ToDictionary(service => service, _ => LocalProcess.FreePort());
        var (http, grpc) = (LocalProcess.FreePort(), LocalProcess.FreePort());
        var settings = SettingsOfAll(ports).ToList();
        foreach (var (service, port) in ports)
        {
            _processes[service] = ServiceProcess.Start(
                $"Platform.{service}",
                [
                    .. settings,
                    new("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
                    new("Storage:Database", $"telemetry-{service.ToLowerInvariant()}"),
                ]
            );
        }
        _processes["Gateway"] = ServiceProcess.Start(
            "Platform.Gateway",
            [
                .. settings,
                new("Gateway:Address", "loopback"),
                new("Gateway:HttpPort", http.ToString(CultureInfo.InvariantCulture)),
                new("Gateway:GrpcPort", grpc.ToString(CultureInfo.InvariantCulture)),
            ]
        );
        Platform = new PlatformEndpoint(
            $"http://127.0.0.1:{http}",
            $"http://127.0.0.1:{grpc}",
            (subject, role, tier) =>
                Task.FromResult(
                    _identity.Token(
                        subject,
                        Enum.Parse<CallerRole>(role, ignoreCase: true),
                        tier: tier
                    )
                )
        );
        await Eventually.HoldsAsync(
            "every service serves (GET /health)",
            IsServingAsync,
            TimeSpan.FromMinutes(2)
        );
    }

    public async ValueTask DisposeAsync()
    {
        Platform?.Dispose();
        foreach (var process in _processes.Values)
        {
            process.Dispose();
        }
        await _redis.DisposeAsync();
        await _mongo.DisposeAsync();
        if (Receiver is not null)
        {
            await Receiver.DisposeAsync();
        }
        _identity.Dispose();
    }

    private IEnumerable<KeyValuePair<string, string?>> SettingsOfAll(
        Dictionary<string, int> ports
    ) =>
        [
            .. _identity.Settings,
            .. TelemetryScenarios
                .Variables(Receiver)
                .Select(variable => new KeyValuePair<string, string?>(
                    variable.Key,
                    variable.Value
                )),
            .. ports.Select(port => new KeyValuePair<string, string?>(
                $"Services:{port.Key}:Address",
                $"http://127.0.0.1:{port.Value}"
            )),
            new("Storage:Engine", "MongoDb"),
            new("Storage:ConnectionString", _mongo.ConnectionString),
            new("Redis:ConnectionString", _redis.ConnectionString),
            new("Redis:KeyPrefix", "telemetry:"),
        ];

    private async Task<bool> IsServingAsync()
    {
        foreach (var (name, process) in _processes)
        {
            if (process.HasEnded)
            {
                throw new InvalidOperationException($"{name} ended: {process.Output}");
            }
        }
        try
        {
            using var answer = await Platform!.Http.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }
}
