using System.Net;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Hosting;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

public sealed class LimitTests(GatewayFixture gateway)
{
    private const string Service = "platform.connections.v1.InvitationsService";
    private const int Limit = ServiceDefaultsExtensions.MaxRequestBytes;

    [Fact]
    public async Task Call_MessageOfTheLimit_Passes()
    {
        using var call = GatewayFixture.Call(
            gateway.Member(),
            Service,
            "BatchSendInvitations",
            new byte[Limit]
        );

        await call.ResponseAsync;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3 * Limit)]
    public async Task Call_MessageBeyondTheLimit_IsRefusedWithReason(int beyond)
    {
        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(
                gateway.Member(),
                Service,
                "BatchSendInvitations",
                new byte[Limit + beyond]
            )
        );

        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.Equal(ErrorReason.PayloadTooLarge, refusal.Reason);
        Assert.Equal($"{Limit}", refusal.Info.Metadata["limit_bytes"]);
    }

    [Fact]
    public async Task Rest_BodyOfTheLimit_Passes()
    {
        using var answer = await gateway.RestAsync(
            HttpMethod.Post,
            "/v1/invitations",
            new ByteArrayContent(new byte[Limit])
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rest_BodyBeyondTheLimit_Is413WithReason(bool chunked)
    {
        using var content = chunked
            ? (HttpContent)new StreamContent(new Unsized(new byte[Limit + 1]))
            : new ByteArrayContent(new byte[Limit + 1]);
        using var answer = await gateway.RestAsync(HttpMethod.Post, "/v1/invitations", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains(
            "\"PAYLOAD_TOO_LARGE\"",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    /// <summary>A stream that does not know its length, so that the client sends it in chunks.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
