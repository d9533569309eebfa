using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Platform.Testing.Containers;

/// <summary>
/// A MongoDB in a container, a replica set of one, started when the first test asks for it. One a test assembly (an assembly
/// fixture); tests keep apart by the names of their databases. A test that pauses or stops it starts one of its own.
/// </summary>
public sealed class MongoContainer : IAsyncDisposable
{
    private const int Port = 27017;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly int _hostPort = ContainerEngine.FreePort();
    private readonly INetwork? _network;
    private readonly string _alias = "mongo";
    private readonly string? _dataFolder;
    private IContainer? _container;
    private bool _hasTried;

    /// <summary>For tests of this process alone. The only public constructor, and without parameters: fixtures need both.</summary>
    public MongoContainer() { }

    private MongoContainer(INetwork network, string alias) => (_network, _alias) = (network, alias);

    private MongoContainer(string dataFolder) => _dataFolder = dataFolder;

    /// <summary>The image: variable <c>PLATFORM_MONGO_IMAGE</c>, by default the public one.</summary>
    public static string Image => ContainerEngine.Image("PLATFORM_MONGO_IMAGE", "mongo:8.0");

    /// <summary>Why it is not there: the reason for <c>Assert.Skip</c>. Null once it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The port on loopback.</summary>
    public int HostPort => _hostPort;

    /// <summary>As the driver reads it; the same after the container was stopped and started.</summary>
    public string ConnectionString => $"mongodb://127.0.0.1:{_hostPort}/?directConnection=true";

    /// <summary>The same for containers on its network.</summary>
    public string NetworkConnectionString => $"mongodb://{_alias}:{Port}/?directConnection=true";

    /// <summary>A name for a database of one test alone.</summary>
    public static string NewDatabaseName() => $"t{Guid.NewGuid():n}";

    /// <summary>One that other containers of a network reach too, under a name.</summary>
    public static MongoContainer On(INetwork network, string alias) => new(network, alias);

    /// <summary>One that keeps its files in a folder of this machine.</summary>
    public static MongoContainer In(string dataFolder) => new(dataFolder);

    /// <summary>Starts it, once; <see cref="Problem"/> tells whether it is there.</summary>
    /// <exception cref="TimeoutException">The container runs, but does not serve.</exception>
    public async Task<MongoContainer> StartAsync(CancellationToken cancellationToken)
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
                        // transactions of the server and retryable writes need a replica set
                        .WithCommand("--replSet", "rs0", "--bind_ip_all")
                        .WithPortBinding(_hostPort, Port)
                        .JoinedTo(_network, _alias)
                        .KeptIn(_dataFolder, "/data/db")
                        .Build();
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

    /// <summary>Freezes it: its port is open, nothing answers.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) =>
        _container!.PauseAsync(cancellationToken);

    /// <summary>Goes on after <see cref="PauseAsync"/>.</summary>
    public Task UnpauseAsync(CancellationToken cancellationToken) =>
        _container!.UnpauseAsync(cancellationToken);

    /// <summary>Stops the server as an operator would, and starts it again with all that it holds.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _container!.StopAsync(cancellationToken);
        await _container.StartAsync(cancellationToken);
        await WaitUntilServingAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
        _starting.Dispose();
    }

    /// <summary>Whether it serves writes now.</summary>
    public async Task<bool> IsServingAsync()
    {
        using var client = Client();
        return await IsPrimaryAsync(client, CancellationToken.None);
    }

    private MongoClient Client()
    {
        var settings = MongoClientSettings.FromConnectionString(ConnectionString);
        settings.SocketTimeout = TimeSpan.FromSeconds(2);
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(2);
        return new MongoClient(settings);
    }

    private async Task WaitUntilServingAsync(CancellationToken cancellationToken)
    {
        using var client = Client();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        try
        {
            while (!await IsPrimaryAsync(client, limit.Token))
            {
                await Task.Delay(100, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"MongoDB ({Image}) did not serve within {StartTimeout}.");
        }
    }

    private static async Task<bool> IsPrimaryAsync(
        MongoClient client,
        CancellationToken cancellationToken
    )
    {
        var admin = client.GetDatabase("admin");
        try
        {
            var hello = await admin.RunCommandAsync<BsonDocument>(
                new BsonDocument("hello", 1),
                ReadPreference.Nearest,
                cancellationToken
            );
            if (!hello.GetValue("isWritablePrimary", false).ToBoolean())
            {
                await admin.RunCommandAsync<BsonDocument>(
                    new BsonDocument(
                        "replSetInitiate",
                        new BsonDocument
                        {
                            ["_id"] = "rs0",
                            ["members"] = new BsonArray
                            {
                                new BsonDocument { ["_id"] = 0, ["host"] = $"localhost:{Port}" },
                            },
                        }
                    ),
                    ReadPreference.Nearest,
                    cancellationToken
                );
                return false;
            }
            return true;
        }
        // not there yet; or the set was initiated by an earlier round, and elects
        catch (Exception exception)
            when (exception is MongoException or TimeoutException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return false;
        }
    }
}
