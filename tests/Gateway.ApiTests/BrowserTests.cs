using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>The gateway as browsers see it: gRPC-Web over HTTP/1.1, and CORS.</summary>
public sealed class BrowserTests(GatewayFixture gateway)
{
    public static TheoryData<GrpcWebMode, string> Calls()
    {
        var calls = new TheoryData<GrpcWebMode, string>();
        foreach (var service in Contract.Services)
        {
            calls.Add(GrpcWebMode.GrpcWeb, service.FullName);
            calls.Add(GrpcWebMode.GrpcWebText, service.FullName);
        }
        return calls;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task EveryMethod_OverGrpcWeb_ReachesItsService(GrpcWebMode mode, string fullName)
    {
        var service = Contract.Services.Single(service => service.FullName == fullName);
        using var channel = Channel(mode);
        var invoker = As(channel, gateway.Identity.Token("ada"));

        foreach (var method in service.Methods)
        {
            if (Contract.OwnerOf(service) == "relationships")
            {
                await GatewayFixture.AnswersOrRefusesAsync(invoker, fullName, method.Name);
                continue;
            }
            using var call = GatewayFixture.Call(invoker, fullName, method.Name);
            await call.ResponseAsync;
            var reached = (await call.ResponseHeadersAsync).GetValue(FakeService.NameHeader);
            Assert.Equal((method.Name, Contract.OwnerOf(service)), (method.Name, reached));
        }
    }

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb)]
    [InlineData(GrpcWebMode.GrpcWebText)]
    public async Task GrpcWeb_RequestAndAnswer_ArriveWhole(GrpcWebMode mode)
    {
        var sent = new CheckConnectionRequest { OtherId = new string('x', 5000) };
        gateway.Services["connections"].Answers[
            "/platform.connections.v1.ConnectionsService/GrpcWebEcho"
        ] = bytes => CheckConnectionRequest.Parser.ParseFrom(bytes);
        using var channel = Channel(mode);

        using var call = GatewayFixture.Call(
            As(channel, gateway.Identity.Token("ada")),
            "platform.connections.v1.ConnectionsService",
            "GrpcWebEcho",
            sent.ToByteArray()
        );

        Assert.Equal(sent, CheckConnectionRequest.Parser.ParseFrom(await call.ResponseAsync));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb)]
    [InlineData(GrpcWebMode.GrpcWebText)]
    public async Task GrpcWeb_Refusal_HasItsReason(GrpcWebMode mode)
    {
        using var channel = Channel(mode);

        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(As(channel, null), "platform.feed.v1.PostsService", "GetPost")
        );
        var unknown = await Refusal.OfAsync(
            GatewayFixture.Call(
                As(channel, gateway.Identity.Token("ada")),
                "platform.nothing.v1.NothingService",
                "Do"
            )
        );

        Assert.Equal(ErrorReason.CredentialsMissing, refusal.Reason);
        Assert.Equal(ErrorReason.RouteUnknown, unknown.Reason);
    }

    [Theory]
    [InlineData(GrpcWebMode.GrpcWeb)]
    [InlineData(GrpcWebMode.GrpcWebText)]
    public async Task GrpcWeb_MessageBeyondTheLimit_IsRefused(GrpcWebMode mode)
    {
        using var channel = Channel(mode);

        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(
                As(channel, gateway.Identity.Token("ada")),
                "platform.connections.v1.InvitationsService",
                "BatchSendInvitations",
                new byte[ServiceDefaults.Hosting.ServiceDefaultsExtensions.MaxRequestBytes + 1]
            )
        );

        Assert.Equal(ErrorReason.PayloadTooLarge, refusal.Reason);
    }

    [Fact]
    public async Task Preflight_OfAnAllowedOrigin_NeedsNoToken()
    {
        using var answer = await PreflightAsync(GatewayFixture.AllowedOrigin);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(
            [GatewayFixture.AllowedOrigin],
            answer.Headers.GetValues("Access-Control-Allow-Origin")
        );
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://app.example.evil.example")]
    [InlineData("null")]
    public async Task Preflight_OfAnotherOrigin_AllowsNothing(string origin)
    {
        using var answer = await PreflightAsync(origin);

        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Call_OfAnAllowedOrigin_MayReadTheStatus()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections");
        request.Headers.Add("Origin", GatewayFixture.AllowedOrigin);
        request.Headers.Add("Authorization", $"Bearer {gateway.Identity.Token("ada")}");

        using var answer = await gateway.Http.SendAsync(request);

        Assert.Equal(
            [GatewayFixture.AllowedOrigin],
            answer.Headers.GetValues("Access-Control-Allow-Origin")
        );
        Assert.Contains(
            "grpc-status",
            answer.Headers.GetValues("Access-Control-Expose-Headers").Single(),
            StringComparison.Ordinal
        );
    }

    private async Task<HttpResponseMessage> PreflightAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/connections");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await gateway.Http.SendAsync(request);
    }

    private GrpcChannel Channel(GrpcWebMode mode) =>
        GrpcChannel.ForAddress(
            gateway.Http.BaseAddress!,
            new GrpcChannelOptions
            {
                HttpHandler = new GrpcWebHandler(mode, new HttpClientHandler()),
                HttpVersion = HttpVersion.Version11,
            }
        );

    private static CallInvoker As(GrpcChannel channel, string? token) =>
        new TokenCallInvoker(channel.CreateCallInvoker(), token);
}
