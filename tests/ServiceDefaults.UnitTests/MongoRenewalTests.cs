using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Storage;
using Platform.Storage.Mongo;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults.UnitTests;

/// <summary>The renewal of a client whose monitor is silent; nobody listens where it looks, which suffices for all of it.</summary>
public sealed class MongoRenewalTests : IDisposable
{
    private const int AtOnce = 50;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly LoggedLines<MongoConnection> _log = new();
    private readonly MongoConnection _connection;

    public MongoRenewalTests() =>
        _connection = new MongoConnection(
            new StorageOptions
            {
                ConnectionString = $"mongodb://127.0.0.1:{Ports.Free()}/?directConnection=true",
                Database = "renewal",
                CommandTimeout = CommandTimeout,
            },
            _time,
            _log
        );

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task Run_ManyFailAtOnceAndTheMonitorIsSilent_RenewsOnce()
    {
        var old = _connection.Database.Client;

        await RenewAsync();

        Assert.NotSame(old.Cluster, _connection.Database.Client.Cluster);
        var warning = Assert.Single(Warnings);
        Assert.Contains("127.0.0.1", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FailsAndTheMonitorIsHeard_RenewsNothing()
    {
        var client = _connection.Database.Client;
        await FailAsync();
        // as long as it takes until the monitor must have been heard
        await Assert.ThrowsAsync<DomainException>(() =>
            _connection.PingAsync(CancellationToken.None)
        );
        await FailAsync();
        Assert.Same(client, _connection.Database.Client);
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task Run_FaultOfTheServiceAndTheMonitorIsSilent_RenewsNothing()
    {
        await HeardAsync();
        var client = _connection.Database.Client;
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<FormatException>(() =>
            _connection.RunAsync<int>(_ => throw new FormatException(), CancellationToken.None)
        );
        Assert.Same(client, _connection.Database.Client);
    }

    [Fact]
    public async Task Run_CallerGivesUpAndTheMonitorIsSilent_Renews()
    {
        var client = _connection.Database.Client;
        using var impatient = new CancellationTokenSource();
        await impatient.CancelAsync();
        await Eventually.HoldsAsync(
            "the client was renewed",
            async () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                    _connection.PingAsync(impatient.Token)
                );
                return client != _connection.Database.Client;
            }
        );
    }

    [Fact]
    public async Task Renewal_OldClient_IsClosedAfterAGrace()
    {
        var old = _connection.Database.Client;
        var cluster = old.Cluster;
        await RenewAsync();

        Assert.NotNull(old.Settings);
        Assert.NotEmpty(cluster.Description.Servers);

        _time.Advance(2 * CommandTimeout);

        await IsClosedAsync(old, cluster);
        Assert.NotNull(_connection.Database.Client.Settings);
    }

    [Fact]
    public async Task Dispose_DuringTheGrace_ClosesBoth()
    {
        var (old, oldCluster) = (_connection.Database.Client, _connection.Database.Client.Cluster);
        await RenewAsync();
        var (last, lastCluster) = (
            _connection.Database.Client,
            _connection.Database.Client.Cluster
        );

        _connection.Dispose();

        await IsClosedAsync(old, oldCluster);
        await IsClosedAsync(last, lastCluster);
    }

    [Fact]
    public async Task Collection_Renewed_IsOfTheNewClientWithTheSameSettings()
    {
        var (local, durable) = (_connection.Collection("a"), _connection.DurableCollection("a"));
        Assert.Same(local, _connection.Collection("a"));
        Assert.Same(durable, _connection.DurableCollection("a"));

        await RenewAsync();

        Assert.NotSame(local, _connection.Collection("a"));
        Assert.NotSame(durable, _connection.DurableCollection("a"));
        foreach (
            var (collection, concern) in new[]
            {
                (_connection.Collection("a"), ReadConcern.Local),
                (_connection.DurableCollection("a"), ReadConcern.Majority),
            }
        )
        {
            Assert.Same(_connection.Database.Client, collection.Database.Client);
            Assert.Equal(concern, collection.Settings.ReadConcern);
            Assert.Equal(WriteConcern.WMajority, collection.Settings.WriteConcern);
            Assert.Equal(ReadPreference.Primary, collection.Settings.ReadPreference);
        }
    }

    // The monitor is heard now and then, by the time that stands still. When none of it falls between a leap and the failures,
    // it is silent to them.
    private Task RenewAsync()
    {
        var client = _connection.Database.Client;
        return Eventually.HoldsAsync(
            "the client was renewed",
            async () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(FailAsync)));
                return client != _connection.Database.Client;
            }
        );
    }

    private Task HeardAsync() =>
        Eventually.HoldsAsync(
            "the monitor was heard",
            () =>
                Task.FromResult(
                    _connection.Database.Client.Cluster.Description.Servers.Any(server =>
                        server.HeartbeatException is not null
                    )
                )
        );

    private async Task FailAsync()
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            _connection.RunAsync<int>(_ => throw new TimeoutException(), CancellationToken.None)
        );
        Assert.Equal(ErrorReason.StoreUnavailable, refusal.Reason);
    }

    private static async Task IsClosedAsync(IMongoClient client, ICluster cluster)
    {
        await Eventually.HoldsAsync(
            "the client was closed",
            () =>
                Task.FromResult(Record.Exception(() => client.Settings) is ObjectDisposedException)
        );
        await Eventually.HoldsAsync(
            "the cluster was closed, and its monitors with it",
            () => Task.FromResult(cluster.Description.Servers.Count == 0)
        );
    }

    private IEnumerable<string> Warnings =>
        _log.All.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text);
}
