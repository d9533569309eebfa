using Grpc.Core;
using Platform.Common.V1;
using Platform.Storage.Garnet;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>Two gateways with one Redis.</summary>
public sealed class SharedRateTests : IAsyncLifetime
{
    private const int Burst = 20;

    private readonly EmbeddedGarnet _redis = EmbeddedGarnet.Start(new EmbeddedGarnetOptions());
    private readonly GatewayFixture _first;
    private readonly GatewayFixture _second;

    public SharedRateTests() => (_first, _second) = (Gateway(), Gateway());

    public async ValueTask InitializeAsync()
    {
        await _first.InitializeAsync();
        await _second.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Calls_ToTwoGateways_AreOfOneBucket()
    {
        var started = TimeProvider.System.GetTimestamp();
        var allowed = new[] { 0, 0 };
        for (var call = 0; call < 2 * Burst; call++)
        {
            allowed[0] += await IsAllowedAsync(_first, "ada") ? 1 : 0;
            allowed[1] += await IsAllowedAsync(_second, "ada") ? 1 : 0;
        }

        // one a second is added, and nothing beyond that
        var added = (int)TimeProvider.System.GetElapsedTime(started).TotalSeconds + 1;
        Assert.InRange(allowed.Sum(), Burst, Burst + added);
        Assert.All(allowed, share => Assert.InRange(share, 1, Burst));
        Assert.True(await IsAllowedAsync(_first, "grace"));
    }

    [Fact]
    public async Task Calls_RedisGone_GoOnByEachGatewaysOwnBucket()
    {
        await IsAllowedAsync(_first, "ada");
        await _redis.DisposeAsync();

        var allowed = 0;
        for (var call = 0; call < 2 * Burst; call++)
        {
            allowed += await IsAllowedAsync(_first, "ada") ? 1 : 0;
        }

        Assert.InRange(allowed, Burst, 2 * Burst - 1);
        // its health is its own
        using var health = await _first.Http.GetAsync("/health");
        Assert.True(health.IsSuccessStatusCode);
    }

    private GatewayFixture Gateway() =>
        new()
        {
            Settings =
            [
                new("Redis:ConnectionString", _redis.ConnectionString),
                new("Gateway:MemberRate:PerSecond", "1"),
                // a machine that runs tests is slow at times
                new("Gateway:RateTimeout", "00:00:10"),
                new("Gateway:MemberRate:Burst", $"{Burst}"),
            ],
        };

    private static async Task<bool> IsAllowedAsync(GatewayFixture gateway, string member)
    {
        using var call = GatewayFixture.Call(
            gateway.Grpc(gateway.Identity.Token(member)),
            "platform.connections.v1.ConnectionsService",
            "CheckConnection"
        );
        try
        {
            await call.ResponseAsync;
            return true;
        }
        catch (RpcException refused)
        {
            Assert.Equal(ErrorReason.RateLimited, Refusal.Of(refused).Reason);
            return false;
        }
    }
}
