using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Storage.Redis;

namespace Platform.Tests.StorageContracts.Engines;

/// <summary>A Redis of some make for the assembly, and the connections that its tests made.</summary>
public abstract class RedisEngine : IAsyncDisposable
{
    private readonly ConcurrentBag<RedisConnection> _connections = [];

    public abstract string ConnectionString { get; }

    /// <summary>Sees that it runs; skips the test where it cannot.</summary>
    public async ValueTask RequireAsync()
    {
        var problem = await StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(problem is not null, problem ?? "");
    }

    /// <summary>A connection with a key prefix of its own: an empty store.</summary>
    public RedisConnection Connect()
    {
        var options = new RedisOptions
        {
            ConnectionString = ConnectionString,
            KeyPrefix = $"{Guid.NewGuid():n}:",
            // the machine of a test may be busy with something else
            CommandTimeout = TimeSpan.FromSeconds(30),
        };
        var connection = new RedisConnection(Options.Create(options), NullLoggerFactory.Instance);
        _connections.Add(connection);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts it at the first call. Answers why it cannot be had; null if it runs.</summary>
    protected abstract Task<string?> StartAsync(CancellationToken cancellationToken);

    protected abstract ValueTask StopAsync();
}
