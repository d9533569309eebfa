using System.Globalization;
using System.Text;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Images;
using DotNet.Testcontainers.Networks;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;
using Platform.Testing.Containers;
using Platform.Tests.EndToEnd.Containers;

[assembly: AssemblyFixture(typeof(ContainerPlatform))]

namespace Platform.Tests.EndToEnd.Containers;

/// <summary>
/// The platform as it is deployed: the services' own images beside a real MongoDB and a real Redis, on a network of their own,
/// reached through the gateway. One a test assembly, started when the first test asks for it.
/// </summary>
/// <remarks>
/// The images must be there: <c>deploy/docker/build.sh --tag TAG</c>, and TAG in the variable <c>PLATFORM_IMAGE_TAG</c>
/// (<c>PLATFORM_IMAGES</c> holds what their names begin with). Building them within a test would hide minutes in it.
/// </remarks>
public sealed class ContainerPlatform : IAsyncDisposable
{
    private const string KeyFolder = "/etc/platform";
    private const ushort ServicePort = 8080;
    private const ushort GatewayHttpPort = 8080;
    private const ushort GatewayGrpcPort = 8081;

    private static readonly string[] Services = ["connections", "follows", "messaging", "feed"];

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly TestIdentity _identity = new();
    private readonly Dictionary<string, IContainer> _containers = [];
    private INetwork? _network;
    private MongoContainer? _mongo;
    private RedisContainer? _redis;
    private PlatformEndpoint? _platform;
    private string? _problem;
    private Exception? _failure;

    /// <summary>The running platform; skips the test, with the reason, where it cannot run.</summary>
    /// <exception cref="InvalidOperationException">It could run, and did not start.</exception>
    public async Task<PlatformEndpoint> StartOrSkipAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_platform is null && _problem is null && _failure is null)
            {
                await StartAsync();
            }
        }
        catch (Exception exception)
        {
            // every test of the suite tells the same failure, instead of each trying again
            _failure = exception;
        }
        finally
        {
            _starting.Release();
        }
        if (_failure is not null)
        {
            throw new InvalidOperationException(
                $"The platform did not start in containers.\n{await LogsAsync()}",
                _failure
            );
        }
        Assert.SkipWhen(_problem is not null, _problem ?? "");
        return _platform!;
    }

    /// <summary>Kills a service, or <c>redis</c> (SIGKILL): what it was about to answer is never sent.</summary>
    public Task KillAsync(string service) =>
        service == "redis"
            ? _redis!.KillAsync(CancellationToken.None)
            : _containers[service].StopAsync();

    /// <summary>Starts what was killed; returns when everything serves.</summary>
    public async Task StartAgainAsync(string service)
    {
        await (
            service == "redis"
                ? _redis!.StartAgainAsync(CancellationToken.None)
                : _containers[service].StartAsync()
        );
        await UntilServingAsync(_platform!);
    }

    public async ValueTask DisposeAsync()
    {
        _platform?.Dispose();
        foreach (var container in _containers.Values)
        {
            await container.DisposeAsync();
        }
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        if (_mongo is not null)
        {
            await _mongo.DisposeAsync();
        }
        if (_network is not null)
        {
            await _network.DisposeAsync();
        }
        _identity.Dispose();
        _starting.Dispose();
    }

    private static string Image(string service) =>
        ContainerEngine.Image("PLATFORM_IMAGES", "platform-")
        + $"{service}:{Environment.GetEnvironmentVariable("PLATFORM_IMAGE_TAG")}";

    private async Task StartAsync()
    {
        var cancellationToken = CancellationToken.None;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PLATFORM_IMAGE_TAG")))
        {
            _problem =
                "PLATFORM_IMAGE_TAG does not say which images to test; deploy/docker/build.sh --tag TAG builds them.";
            return;
        }
        foreach (var service in Services.Append("gateway"))
        {
            _problem ??= await ContainerEngine.FindProblemAsync(Image(service), cancellationToken);
        }
        if (_problem is not null)
        {
            return;
        }

        _network = new NetworkBuilder().Build();
        await _network.CreateAsync(cancellationToken);
        _mongo = MongoContainer.On(_network, "mongo");
        _redis = RedisContainer.On(_network, "redis");
        await Task.WhenAll(
            _mongo.StartAsync(cancellationToken),
            _redis.StartAsync(cancellationToken)
        );
        _problem = _mongo.Problem ?? _redis.Problem;
        if (_problem is not null)
        {
            return;
        }

        foreach (var service in Services)
        {
            _containers[service] = Builder(service).Build();
        }
        _containers["gateway"] = Builder("gateway")
            .WithPortBinding(GatewayHttpPort, assignRandomHostPort: true)
            .WithPortBinding(GatewayGrpcPort, assignRandomHostPort: true)
            .Build();
        await Task.WhenAll(
            _containers.Values.Select(container => container.StartAsync(cancellationToken))
        );

        var gateway = _containers["gateway"];
        var platform = new PlatformEndpoint(
            Address(gateway, GatewayHttpPort),
            Address(gateway, GatewayGrpcPort),
            (subject, role, tier) =>
                Task.FromResult(
                    _identity.Token(
                        subject,
                        Enum.Parse<CallerRole>(role, ignoreCase: true),
                        tier: tier
                    )
                )
        );
        await UntilServingAsync(platform);
        _platform = platform;
    }

    private static Task UntilServingAsync(PlatformEndpoint platform) =>
        Eventually.HoldsAsync(
            "every service serves (GET /health)",
            async () => await IsServingAsync(platform.Http),
            TimeSpan.FromMinutes(2)
        );

    private ContainerBuilder Builder(string service)
    {
        var builder = new ContainerBuilder(Image(service))
            .WithImagePullPolicy(PullPolicy.Never)
            .WithNetwork(_network!)
            .WithNetworkAliases(service)
            // files, because the keys are secrets and the engine may be on another machine
            .WithResourceMapping(Key(_identity.PrivateKeyFile), $"{KeyFolder}/tests.pem")
            .WithResourceMapping(Key(_identity.PublicKeyFile), $"{KeyFolder}/tests.pub.pem")
            .WithEnvironment("Storage__Engine", "MongoDb")
            .WithEnvironment("Storage__ConnectionString", _mongo!.NetworkConnectionString)
            .WithEnvironment("Storage__Database", $"e2e-{service}")
            .WithEnvironment("Redis__ConnectionString", _redis!.NetworkConnectionString)
            .WithEnvironment("Redis__KeyPrefix", "e2e:")
            .WithCreateParameterModifier(parameters =>
            {
                // a stop is a crash
                parameters.StopSignal = "SIGKILL";
                parameters.HostConfig!.CapDrop = ["ALL"];
                parameters.HostConfig.SecurityOpt = ["no-new-privileges:true"];
            });
        foreach (var (setting, value) in _identity.Settings)
        {
            builder = builder.WithEnvironment(
                Variable(setting),
                value!
                    .Replace(
                        _identity.PrivateKeyFile,
                        $"{KeyFolder}/tests.pem",
                        StringComparison.Ordinal
                    )
                    .Replace(
                        _identity.PublicKeyFile,
                        $"{KeyFolder}/tests.pub.pem",
                        StringComparison.Ordinal
                    )
            );
        }
        foreach (var other in Services)
        {
            var name = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(other);
            builder = builder.WithEnvironment(
                $"Services__{name}__Address",
                $"http://{other}:{ServicePort}"
            );
        }
        return builder;
    }

    private static string Variable(string setting) =>
        setting.Replace(":", "__", StringComparison.Ordinal);

    private static byte[] Key(string file) => File.ReadAllBytes(file);

    private static string Address(IContainer container, ushort port) =>
        $"http://{container.Hostname}:{container.GetMappedPublicPort(port)}";

    private static async Task<bool> IsServingAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        // the port is open before the gateway listens
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<string> LogsAsync()
    {
        var text = new StringBuilder();
        foreach (var (service, container) in _containers)
        {
            if (container.State != TestcontainersStates.Undefined)
            {
                var (output, errors) = await container.GetLogsAsync();
                text.Append(CultureInfo.InvariantCulture, $"--- {service}\n{output}{errors}\n");
            }
        }
        return text.ToString();
    }
}
