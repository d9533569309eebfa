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

    public GarnetFixture() => Redis = NewConnection("");

    public RedisConnection Redis { get; }

    /// <summary>A connection for keys that are apart from all others.</summary>
    public RedisConnection NewConnection(string keyPrefix) =>
        new(
            Options.Create(
                new RedisOptions
                {
                    ConnectionString = _garnet.ConnectionString,
                    KeyPrefix = keyPrefix,
                    // the machine of a test may be busy with something else
                    CommandTimeout = TimeSpan.FromSeconds(30),
                }
            ),
            NullLoggerFactory.Instance
        );

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await _garnet.DisposeAsync();
    }
}
