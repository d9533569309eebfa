using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Connections.Network;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.Testing;
using Platform.Tests.Connections.UnitTests.Watch;

namespace Platform.Tests.Connections.UnitTests.Network;

/// <summary>Loading the index: only a whole one is served.</summary>
public sealed class NetworkLoaderTests : IAsyncLifetime
{
    private readonly ScriptedRecord _store = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly NetworkIndex _index;
    private readonly ChangeFeed _feed;
    private readonly NetworkLoader _loader;

    public NetworkLoaderTests()
    {
        var signal = new ChangeSignal();
        var options = Options.Create(new NetworkOptions());
        _index = new NetworkIndex(signal, options, _time);
        _feed = new ChangeFeed(
            _store,
            signal,
            Options.Create(new WatchOptions()),
            _time,
            NullLogger<ChangeFeed>.Instance
        );
        _loader = new NetworkLoader(
            _store,
            new NetworkSnapshots(_store, options),
            _feed,
            _index,
            _time,
            NullLogger<NetworkLoader>.Instance
        );
    }

    public async ValueTask InitializeAsync() => await _feed.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _loader.StopAsync(CancellationToken.None);
        await _feed.StopAsync(CancellationToken.None);
        _loader.Dispose();
        _feed.Dispose();
    }

    [Fact]
    public void Current_BeforeTheLoad_IsRefused()
    {
        var refusal = Assert.Throws<DomainException>(() => _index.Current);

        Assert.Equal(ErrorReason.NetworkNotReady, refusal.Reason);
        Assert.False(_index.IsReady);
    }

    [Fact]
    public async Task Load_StoreGoesAwayInTheMiddle_BeginsAnewAndServesAll()
    {
        const int Pairs = 12_000;
        for (var pair = 0; pair < Pairs; pair++)
        {
            _store.Connected.Add(
                new ConnectedPair(
                    MemberPair.Of($"m{pair:D5}", $"n{pair:D5}"),
                    DateTimeOffset.UnixEpoch
                )
            );
        }
        // the second page of the first try, and the first page of the second
        _store.Outages.UnionWith([2, 3]);
        await _loader.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(
            "both outages are met",
            () =>
            {
                Assert.True(_store.Outages.Count == 0 || !_index.IsReady);
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return Task.FromResult(_index.IsReady);
            }
        );

        Assert.Empty(_store.Outages);
        Assert.Equal(Pairs, _index.Current.Edges);
        Assert.Equal(2 * Pairs, _index.Current.ConnectedMembers);
    }
}
