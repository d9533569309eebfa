using System.Diagnostics;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;
using Platform.Testing.Containers;

namespace Platform.Tests.Connections.ApiTests.Mongo;

/// <summary>Two processes on one database: a watcher of one is told what the other stores.</summary>
public sealed class MongoReplicaWatchTests(MongoContainer mongo) : IAsyncLifetime
{
    private readonly TestIdentity _identity = new();
    private readonly List<RunningService> _replicas = [];

    public async ValueTask InitializeAsync()
    {
        await mongo.StartAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(mongo.Problem is not null, mongo.Problem ?? "");
        KeyValuePair<string, string?>[] settings =
        [
            .. MongoConnectionsFixture.Settings(mongo),
            // the machine of a test may be busy with something else
            new("Storage:CommandTimeout", "00:00:30"),
        ];
        for (var replica = 0; replica < 2; replica++)
        {
            _replicas.Add(
                await RunningService.StartAsync(ConnectionsApp.Build, _identity, settings)
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
        _identity.Dispose();
    }

    [Fact]
    public async Task Watch_OfAnotherReplica_IsToldOfEachChange()
    {
        const int Changes = 60;
        var invitations = new InvitationsService.InvitationsServiceClient(_replicas[0].As("ann"));
        using var watch = await Watcher.StartAsync(
            new ConnectionsService.ConnectionsServiceClient(_replicas[1].As("ann"))
        );
        var delays = new List<double>();
        for (var index = 0; index < Changes; index++)
        {
            var next = watch.NextAsync();
            await invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = $"bob-{index}" }
            );
            var clock = Stopwatch.StartNew();
            Assert.Equal($"bob-{index}", (await next).SecondId);
            delays.Add(clock.Elapsed.TotalMilliseconds);
        }
        delays.Sort();
        // figures of a machine are no promise: only that all arrived is asserted
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"from acknowledgement to event, by another process: median {delays[Changes / 2]:0} ms, at most {delays[^1]:0} ms"
        );
    }

    [Fact]
    public async Task Watch_ResumedAtAnotherReplica_MissesNothing()
    {
        using var first = await Watcher.StartAsync(
            new ConnectionsService.ConnectionsServiceClient(_replicas[0].As("eve"))
        );
        var invitations = new InvitationsService.InvitationsServiceClient(_replicas[0].As("eve"));
        for (var index = 0; index < 10; index++)
        {
            await invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = $"tom-{index}" }
            );
        }
        var told = new List<string>();
        for (var index = 0; index < 5; index++)
        {
            told.Add((await first.NextAsync()).SecondId);
        }

        using var second = Watcher.Open(
            new ConnectionsService.ConnectionsServiceClient(_replicas[1].As("eve")),
            new WatchConnectionsRequest { Cursor = first.Cursor }
        );

        while (await second.NextEventAsync() is { Change: { } change })
        {
            told.Add(change.SecondId);
        }
        Assert.Equal(
            Enumerable.Range(0, 10).Select(index => $"tom-{index}"),
            told.Distinct().Order(StringComparer.Ordinal)
        );
    }
}
