using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Storage.Garnet;
using Platform.Storage.Redis;

namespace Platform.Tests.StorageContracts.Follows;

/// <summary>One Garnet in memory for the tests of a class, and the connections they made.</summary>
public sealed class GarnetFixture : IAsyncLifetime
{
    private readonly List<RedisConnection> _connections = [];
    private readonly EmbeddedGarnet _garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());

    public string ConnectionString => _garnet.ConnectionString;

    public RedisConnection Connect(IOptions<RedisOptions> options)
    {
        var connection = new RedisConnection(options, NullLoggerFactory.Instance);
        lock (_connections)
        {
            _connections.Add(connection);
        }
        return connection;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
        await _garnet.DisposeAsync();
    }
}
