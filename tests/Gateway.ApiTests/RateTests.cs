using System.Net;
using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>Rates of calls.</summary>
public sealed class RateTests : IAsyncLifetime
{
    private const int Burst = 3;

    private readonly GatewayFixture _gateway = new()
    {
        Settings =
        [
            new("Gateway:MemberRate:PerSecond", "1"),
            new("Gateway:MemberRate:Burst", $"{Burst}"),
            new("Gateway:ServiceRate:PerSecond", "1"),
            new("Gateway:ServiceRate:Burst", $"{Burst + 1}"),
        ],
    };

    public ValueTask InitializeAsync() => _gateway.InitializeAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData(CallerRole.Member, Burst)]
    [InlineData(CallerRole.Service, Burst + 1)]
    public async Task Call_BeyondTheBurst_IsRefusedWithTheTimeToWait(CallerRole role, int burst)
    {
        var caller = _gateway.Grpc(_gateway.Identity.Token("ada", role));

        var refusal = await RefusedAfterAsync(caller, burst);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.Equal(ErrorReason.RateLimited, refusal.Reason);
        Assert.InRange(
            refusal.Status.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan(),
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromSeconds(5)
        );
    }

    [Fact]
    public async Task Rest_BeyondTheBurst_Is429WithRetryAfter()
    {
        HttpResponseMessage answer;
        var passed = 0;
        do
        {
            answer = await _gateway.RestAsync(HttpMethod.Get, "/v1/connections");
        } while (answer.StatusCode == HttpStatusCode.OK && ++passed < 1000);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(passed, Burst, Burst + 20);
        Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        answer.Dispose();
    }

    [Fact]
    public async Task Call_OfAnother_HasABucketOfItsOwn()
    {
        await RefusedAfterAsync(_gateway.Grpc(_gateway.Identity.Token("ada")), Burst);

        // a new token of the same member is no new bucket, and another member's is
        using var other = Call(_gateway.Grpc(_gateway.Identity.Token("grace")));
        await other.ResponseAsync;
        using var operators = Call(
            _gateway.Grpc(_gateway.Identity.Token("ops", CallerRole.Operator))
        );
        await operators.ResponseAsync;
    }

    // a bucket fills by one a second, so a slow machine may be let in a little more often
    private static async Task<Refusal> RefusedAfterAsync(CallInvoker caller, int burst)
    {
        for (var passed = 0; ; passed++)
        {
            Assert.InRange(passed, 0, burst + 20);
            using var call = Call(caller);
            try
            {
                await call.ResponseAsync;
            }
            catch (RpcException refused)
            {
                Assert.True(passed >= burst, $"refused after {passed}");
                return Refusal.Of(refused);
            }
        }
    }

    private static AsyncUnaryCall<byte[]> Call(CallInvoker caller) =>
        GatewayFixture.Call(
            caller,
            "platform.connections.v1.ConnectionsService",
            "CheckConnection"
        );
}
