using Platform.Testing.Containers;

namespace Platform.Tests.Faults.Processes;

/// <summary>With which stores the platform runs, and with how many replicas of each service.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly Volume? _files;
    private readonly MongoServer? _mongo;
    private readonly StoreServer _redis;

    private Installation(string name, StoreServer redis, MongoServer? mongo, Volume? files) =>
        (Name, _redis, _mongo, _files) = (name, redis, mongo, files);

    public string Name { get; }

    /// <summary>The servers among the stores.</summary>
    public IReadOnlyList<StoreServer> Servers => _mongo is null ? [_redis] : [_redis, _mongo];

    /// <summary>File systems of stores, by the name of the store.</summary>
    public IEnumerable<(string Store, Volume Volume, StoreServer? Server)> Volumes =>
        [
            .. Servers.Select(server => (server.Name, server.Volume, (StoreServer?)server)),
            .. _files is null ? [] : new[] { ("sqlite", _files, (StoreServer?)null) },
        ];

    /// <summary>What every machine has: SQLite, of which a service is one process, and Garnet in a process of its own.</summary>
    public static Installation Embedded(string folder) =>
        new(
            "embedded (SQLite, Garnet)",
            new GarnetServer(
                Volume.Create(Path.Combine(folder, "garnet")),
                Path.Combine(folder, "garnet.log")
            ),
            null,
            Volume.Create(Path.Combine(folder, "sqlite"))
        );

    /// <summary>MongoDB and Redis in containers, and two replicas of each service.</summary>
    public static Installation InContainers(string folder) =>
        new(
            "containers (MongoDB, Redis)",
            new RedisServer(Volume.Create(Path.Combine(folder, "redis"))),
            new MongoServer(Volume.Create(Path.Combine(folder, "mongo"))),
            null
        );

    /// <summary>Why there can be no containers here; null if there can.</summary>
    public static async Task<string?> FindProblemAsync() =>
        await ContainerEngine.FindProblemAsync(MongoContainer.Image, CancellationToken.None)
        ?? await ContainerEngine.FindProblemAsync(RedisContainer.Image, CancellationToken.None);

    /// <summary>How many processes of a service there are.</summary>
    public int ReplicasOf(string service) => _mongo is null && service != "follows" ? 1 : 2;

    /// <summary>The settings that say where a service keeps what it has.</summary>
    public IEnumerable<KeyValuePair<string, string>> SettingsOf(string service)
    {
        yield return new("Redis:ConnectionString", $"127.0.0.1:{_redis.Relay.Port}");
        if (_mongo is null)
        {
            yield return new("Storage:Engine", "Sqlite");
            yield return new("Storage:Path", Path.Combine(_files!.Folder, $"{service}.db"));
        }
        else
        {
            yield return new("Storage:Engine", "MongoDb");
            yield return new("Storage:ConnectionString", _mongo.ConnectionString);
            yield return new("Storage:Database", $"faults-{service}");
        }
    }

    public Task StartAsync() => Task.WhenAll(Servers.Select(server => server.StartAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
        _files?.Dispose();
    }
}
