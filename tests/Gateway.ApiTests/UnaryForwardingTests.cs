using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Platform.Common.V1;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>Unary calls of gRPC, which the gateway sends on by a forwarder of its own.</summary>
public sealed class UnaryForwardingTests(GatewayFixture gateway)
{
    private const string Service = "platform.connections.v1.BlocksService";
    private const string Method = "ListBlocks";
    private const string Path = $"/{Service}/{Method}";

    // what is kept at once, and around it: with the field's tag and length, and the five bytes of the frame
    public static TheoryData<int> Sizes =>
        [0, 1, 16 * 1024 - 9, 16 * 1024 - 8, 16 * 1024, 48 * 1024 - 9, 200_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Call_MessageOfAnySize_ArrivesWhole(int size)
    {
        var sent = Message(size);
        BytesValue? arrived = null;
        await using var own = await StartAsync();
        Connections(own).Answers[Path] = message => arrived = BytesValue.Parser.ParseFrom(message);

        await GatewayFixture.Call(own.Member(), Service, Method, sent.ToByteArray());

        Assert.Equal(sent, arrived);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Call_AnswerOfAnySize_ArrivesWhole(int size)
    {
        var sent = Message(size);
        await using var own = await StartAsync();
        Connections(own).Answers[Path] = _ => sent;

        var answer = await GatewayFixture.Call(own.Member(), Service, Method);

        Assert.Equal(sent, BytesValue.Parser.ParseFrom(answer));
    }

    [Fact]
    public async Task Call_HeadersOfTheCaller_ReachTheServiceAsTheyAre()
    {
        using var call = GatewayFixture.Call(
            gateway.Member(),
            Service,
            Method,
            options: new CallOptions(
                new Metadata
                {
                    { "x-note", "one" },
                    { "x-note", "two" },
                    { "x-key-bin", new byte[] { 1, 2, 255 } },
                }
            )
        );

        await call.ResponseAsync;

        var seen = (await call.ResponseHeadersAsync).GetValue(FakeService.SeenHeader)!;
        Assert.Contains("x-note=one, two", seen, StringComparison.Ordinal);
        Assert.Contains("x-key-bin=AQL/", seen, StringComparison.Ordinal);
        Assert.Contains("te=trailers", seen, StringComparison.Ordinal);
        Assert.Contains("content-type=application/grpc", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("transfer-encoding", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ServiceBreaksOffAmidALargeAnswer_Fails()
    {
        await using var own = await StartAsync();
        Connections(own).Scripts[Path] = context => BreakOffAsync(context, new byte[100_000]);

        using var call = GatewayFixture.Call(own.Member(), Service, Method);

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.NotEqual(StatusCode.OK, failure.StatusCode);
    }

    [Fact]
    public async Task Call_ServiceBreaksOffAmidASmallAnswer_IsToldWithReason()
    {
        await using var own = await StartAsync();
        Connections(own).Scripts[Path] = context => BreakOffAsync(context, []);

        var refusal = await Refusal.OfAsync(GatewayFixture.Call(own.Member(), Service, Method));

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
    }

    [Fact]
    public async Task Call_ServiceSilentForTheTimeOfTheCluster_IsToldWithReason()
    {
        await using var own = await StartAsync(
            new KeyValuePair<string, string?>(
                "ReverseProxy:Clusters:connections:HttpRequest:ActivityTimeout",
                "00:00:00.200"
            )
        );
        Connections(own).Silent[Path] = true;

        var refusal = await Refusal.OfAsync(GatewayFixture.Call(own.Member(), Service, Method));

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
    }

    [Fact]
    public async Task Call_RouteWithTransforms_IsTransformed()
    {
        await using var own = await StartAsync(
            new("ReverseProxy:Routes:grpc BlocksService:Transforms:0:RequestHeader", "x-zone"),
            new("ReverseProxy:Routes:grpc BlocksService:Transforms:0:Set", "north")
        );

        using var call = GatewayFixture.Call(own.Member(), Service, Method);
        await call.ResponseAsync;

        var seen = (await call.ResponseHeadersAsync).GetValue(FakeService.SeenHeader)!;
        Assert.Contains("x-zone=north", seen, StringComparison.Ordinal);
    }

    private static BytesValue Message(int size) =>
        new() { Value = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(size)) };

    private static async Task<GatewayFixture> StartAsync(
        params KeyValuePair<string, string?>[] settings
    )
    {
        var gateway = new GatewayFixture { Settings = settings };
        await gateway.InitializeAsync();
        return gateway;
    }

    private static async Task BreakOffAsync(HttpContext context, byte[] message)
    {
        var frame = FakeService.Frame(message);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(frame.AsMemory(0, frame.Length / 2));
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static FakeService Connections(GatewayFixture gateway) =>
        gateway.Services["connections"];
}
