using System.Net;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Servers;
using Platform.Storage.Mongo;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults.UnitTests;

/// <summary>When a monitor of MongoDB's driver counts as silent.</summary>
public sealed class MongoHeartbeatsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly MongoHeartbeats _heartbeats;
    private readonly ClusterId _cluster = new();

    public MongoHeartbeatsTests() => _heartbeats = new MongoHeartbeats(_time, Limit);

    [Fact]
    public void FindSilent_NoServer_IsNull() => Assert.Null(_heartbeats.FindSilent());

    [Fact]
    public void FindSilent_NeverHeard_IsNull()
    {
        _heartbeats.Open(Server(1));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(_heartbeats.FindSilent());
    }

    [Fact]
    public void FindSilent_HeardWithinTheLimit_IsNull()
    {
        Hear(Server(1));
        _time.Advance(Limit);
        Assert.Null(_heartbeats.FindSilent());
    }

    [Fact]
    public void FindSilent_HeardBeforeTheLimit_IsTheServer()
    {
        var server = Server(1);
        Hear(server);
        _time.Advance(Limit + Tick);
        Assert.Equal((server.EndPoint, Limit + Tick), _heartbeats.FindSilent());
    }

    [Fact]
    public void FindSilent_WallClockSteps_IsNull()
    {
        var clock = new SteppingClock(_time);
        var heartbeats = new MongoHeartbeats(clock, Limit);
        heartbeats.Open(Server(1));
        heartbeats.Hear(Server(1));
        clock.IsAheadBy = TimeSpan.FromMinutes(10);
        Assert.Null(heartbeats.FindSilent());
    }

    [Fact]
    public void FindSilent_HeardAgain_IsNull()
    {
        Hear(Server(1));
        _time.Advance(Limit);
        _heartbeats.Hear(Server(1));
        _time.Advance(Limit);
        Assert.Null(_heartbeats.FindSilent());
    }

    [Fact]
    public void FindSilent_OneOfTwo_IsThatOne()
    {
        Hear(Server(1));
        Hear(Server(2));
        _time.Advance(Limit);
        _heartbeats.Hear(Server(1));
        _time.Advance(Tick);
        Assert.Equal(Server(2).EndPoint, _heartbeats.FindSilent()?.Server);
    }

    [Fact]
    public void Close_SilentServer_IsForgotten()
    {
        Hear(Server(1));
        _time.Advance(Limit + Tick);
        _heartbeats.Close(Server(1));
        Assert.Null(_heartbeats.FindSilent());
    }

    [Fact]
    public void Hear_AfterClose_CountsForNothing()
    {
        Hear(Server(1));
        _heartbeats.Close(Server(1));
        _heartbeats.Hear(Server(1));
        _time.Advance(Limit + Tick);
        Assert.Null(_heartbeats.FindSilent());
    }

    [Fact]
    public void LimitOf_OurSettings_IsLongerThanTheDriverIsEverWithoutAnEvent()
    {
        var settings = new MongoClientSettings
        {
            HeartbeatInterval = TimeSpan.FromSeconds(5),
            HeartbeatTimeout = TimeSpan.FromSeconds(5),
            ConnectTimeout = TimeSpan.FromSeconds(2),
        };
        Assert.Equal(TimeSpan.FromSeconds(20), MongoHeartbeats.LimitOf(settings));
    }

    [Fact]
    public async Task Subscribe_Client_HearsItsMonitorAndItsEnd()
    {
        // nobody listens there; that is an event too
        var settings = MongoClientSettings.FromConnectionString(
            $"mongodb://127.0.0.1:{Ports.Free()}/?directConnection=true"
        );
        settings.ClusterConfigurator = _heartbeats.Subscribe;
        using var client = new MongoClient(settings);
        await Eventually.HoldsAsync(
            "the monitor was heard",
            () => Task.FromResult(IsSilentLater())
        );

        ClusterRegistry.Instance.UnregisterAndDisposeCluster(client.Cluster);

        Assert.False(IsSilentLater());
    }

    private bool IsSilentLater()
    {
        _time.Advance(Limit + Tick);
        return _heartbeats.FindSilent() is not null;
    }

    private void Hear(ServerId server)
    {
        _heartbeats.Open(server);
        _heartbeats.Hear(server);
    }

    private ServerId Server(int number) => new(_cluster, new DnsEndPoint($"mongo-{number}", 27017));
}
