using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Gateway;
using Platform.Gateway.Limits;
using Platform.ServiceDefaults.Identity;
using Platform.Storage.Garnet;
using Platform.Storage.Redis;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>How shared buckets fill and empty, on a clock of the test.</summary>
public sealed class SharedBucketTests : IAsyncLifetime
{
    private static readonly CallRate Rate = new() { PerSecond = 5, Burst = 10 };

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ServiceProvider _provider = new ServiceCollection()
        .AddMetrics()
        .BuildServiceProvider();
    private readonly Caller _ada = new(CallerRole.Member, "ada");
    private EmbeddedGarnet _server = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());
    private RedisConnection _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = new RedisConnection(
            Options.Create(new RedisOptions { ConnectionString = _server.ConnectionString }),
            NullLoggerFactory.Instance
        );
        await _redis.GetMultiplexerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Take_EmptyBucket_IsRefusedUntilItFills()
    {
        using var gateway = Gateway();
        Assert.Equal(Rate.Burst, await AllowedAsync(gateway, 2 * Rate.Burst));

        var refused = (await gateway.TakeAsync(_ada, Rate))!.Value;
        Assert.False(refused.IsAllowed);
        Assert.Equal(TimeSpan.FromMilliseconds(200), refused.RetryAfter);

        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(1, await AllowedAsync(gateway, 5));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Rate.PerSecond, await AllowedAsync(gateway, 2 * Rate.Burst));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Rate.Burst, await AllowedAsync(gateway, 2 * Rate.Burst));
    }

    [Fact]
    public async Task Take_SeveralGateways_GiveNoMoreThanOne()
    {
        using var first = Gateway();
        using var second = Gateway();
        using var third = Gateway();

        var allowed = await Task.WhenAll(
            AllowedAsync(first, Rate.Burst),
            AllowedAsync(second, Rate.Burst),
            AllowedAsync(third, Rate.Burst)
        );

        Assert.Equal(Rate.Burst, allowed.Sum());
    }

    [Fact]
    public async Task Take_ClockOfOneGatewayIsBehind_GivesNothingTwice()
    {
        var behind = new FakeTimeProvider(_time.GetUtcNow() - TimeSpan.FromMinutes(1));
        using var first = Gateway();
        using var second = Gateway(behind);

        var allowed =
            await AllowedAsync(first, Rate.Burst)
            + await AllowedAsync(second, Rate.Burst)
            + await AllowedAsync(first, Rate.Burst);

        Assert.Equal(Rate.Burst, allowed);
    }

    [Fact]
    public async Task Take_AClockWasFarAhead_HoldsNobodyUpUntilThen()
    {
        var ahead = new FakeTimeProvider(_time.GetUtcNow() + TimeSpan.FromHours(1));
        using var wrong = Gateway(ahead);
        using var right = Gateway();
        Assert.Equal(Rate.Burst, await AllowedAsync(wrong, 2 * Rate.Burst));

        // though it is asked for again and again
        await Eventually.HoldsAsync(
            "the bucket is forgotten",
            async () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(200));
                return await AllowedAsync(right, 1) == 1;
            }
        );
    }

    [Fact]
    public async Task Take_ManyCalls_HardlyEverWaitForRedis()
    {
        var fast = new CallRate { PerSecond = 1000, Burst = 2000 };
        using var gateway = Gateway();
        var waited = 0;
        for (var call = 0; call < fast.Burst; call++)
        {
            var taken = gateway.TakeAsync(_ada, fast).AsTask();
            waited += taken.IsCompletedSuccessfully ? 0 : 1;
            Assert.True((await taken)!.Value.IsAllowed);
        }
        Assert.InRange(waited, 1, fast.Burst / 50);

        Assert.False((await gateway.TakeAsync(_ada, fast))!.Value.IsAllowed);
        // who is refused does not make Redis work
        Assert.True(gateway.TakeAsync(_ada, fast).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Take_RedisAway_IsNotDecidedHereAndCounted_UntilItIsBack()
    {
        using var gateway = Gateway();
        using var alone = new Count("gateway.rates.alone");
        using var meters = new TestMeters(_provider.GetRequiredService<IMeterFactory>());
        double? Circuit() => meters.Latest("platform.circuit.state", "gateway.rates");
        Assert.Equal(0, Circuit());
        Assert.NotNull(await gateway.TakeAsync(_ada, Rate));
        await _server.DisposeAsync();

        while (await gateway.TakeAsync(_ada, Rate) is not null)
        {
            // what was leased is given out still
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
        Assert.True(gateway.TakeAsync(_ada, Rate).AsTask().IsCompletedSuccessfully);
        Assert.True(alone.Value >= 2);
        Assert.Equal(2, Circuit());

        _server = EmbeddedGarnet.Start(new EmbeddedGarnetOptions { Port = _server.Port });
        await Eventually.HoldsAsync(
            "Redis is asked again",
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return await gateway.TakeAsync(_ada, Rate) is not null;
            }
        );
        Assert.Equal(0, Circuit());
    }

    private SharedRates Gateway(TimeProvider? time = null) =>
        new(
            new SharedBuckets(_redis, time ?? _time),
            Options.Create(new GatewayOptions()),
            time ?? _time,
            _provider.GetRequiredService<IMeterFactory>(),
            NullLogger<SharedRates>.Instance
        );

    private async Task<int> AllowedAsync(SharedRates gateway, int calls)
    {
        var allowed = 0;
        for (var call = 0; call < calls; call++)
        {
            allowed += (await gateway.TakeAsync(_ada, Rate))!.Value.IsAllowed ? 1 : 0;
        }
        return allowed;
    }

    /// <summary>Adds a counter of this product up.</summary>
    private sealed class Count : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Count(string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, measured, _, _) => Interlocked.Add(ref _value, measured)
            );
            _listener.Start();
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
