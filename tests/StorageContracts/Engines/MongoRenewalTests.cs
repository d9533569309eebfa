using Microsoft.Extensions.Time.Testing;
using Platform.Connections.Storage.Mongo;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.StorageContracts.Engines;

/// <summary>
/// MongoDB in a container is cut off while the monitor of the client is silent: a store that was opened before works through the new
/// client when it is back, and when the old one is closed. That a clock which steps back silences it: <c>tests/Faults</c>.
/// </summary>
public sealed class MongoRenewalTests(MongoContainer mongo)
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renewal_ServerCutOffAndBack_StoresGoOnThroughTheNewClient()
    {
        await mongo.StartAsync(Token);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        await using var relay = new Relay([mongo.HostPort]);
        using var connection = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = $"mongodb://127.0.0.1:{relay.Port}/?directConnection=true",
                Database = MongoContainer.NewDatabaseName(),
                CommandTimeout = CommandTimeout,
            },
            _time
        );
        var store = new MongoDismissalStore(connection);
        await UntilDoneAsync("a write", () => store.DismissAsync("ann", "bob", Token));
        var old = connection.Database.Client;

        relay.Cut();
        await Eventually.HoldsAsync("no call gets through", async () => !await IsPingedAsync());
        await Eventually.HoldsAsync("the client was renewed", IsRenewedAsync);
        var renewed = connection.Database.Client;
        relay.Mend();

        await UntilDoneAsync("a write again", () => store.DismissAsync("ann", "eve", Token));
        _time.Advance(2 * CommandTimeout);
        await Eventually.HoldsAsync(
            "the old client was closed",
            () => Task.FromResult(Record.Exception(() => old.Settings) is ObjectDisposedException)
        );
        Assert.Equal(
            ["bob", "eve"],
            (await store.FindAsync("ann", ["bob", "dan", "eve"], Token)).Order(
                StringComparer.Ordinal
            )
        );
        Assert.Same(renewed, connection.Database.Client);

        async Task<bool> IsRenewedAsync()
        {
            // silent to failures that come before its next look, which is a while away when nobody waits for the server
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(FailAsync, Token)));
            return connection.Database.Client != old;
        }

        Task FailAsync() =>
            Assert.ThrowsAsync<DomainException>(() =>
                connection.RunAsync<int>(_ => throw new TimeoutException(), Token)
            );

        async Task<bool> IsPingedAsync()
        {
            try
            {
                await connection.PingAsync(Token);
                return true;
            }
            catch (DomainException)
            {
                return false;
            }
        }
    }

    // the machine of a test may be busy with something else
    private static Task UntilDoneAsync(string awaited, Func<Task> operation) =>
        Eventually.HoldsAsync(
            awaited,
            async () =>
            {
                try
                {
                    await operation();
                    return true;
                }
                catch (DomainException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60)
        );
}
