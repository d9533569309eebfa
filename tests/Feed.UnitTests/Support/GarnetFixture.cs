using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Storage.Garnet;
using Platform.Storage.Redis;
using Platform.Tests.Feed.UnitTests.Support;

[assembly: AssemblyFixture(typeof(GarnetFixture))]

namespace Platform.Tests.Feed.UnitTests.Support;

/// <summary>One Garnet for the assembly; tests keep apart by the names of their members.</summary>
public sealed class GarnetFixture : IAsyncDisposable
{
    private readonly EmbeddedGarnet _garnet = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());

    public GarnetFixture() =>
        Redis = new RedisConnection(
            Options.Create(new RedisOptions { ConnectionString = _garnet.ConnectionString }),
            NullLoggerFactory.Instance
        );

    public RedisConnection Redis { get; }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await _garnet.DisposeAsync();
    }
}
