using System.Net;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

public sealed class RoutingTests(GatewayFixture gateway)
{
    public static TheoryData<string> Services() =>
        [.. Contract.Services.Select(service => service.FullName)];

    [Fact]
    public void Contract_HoldsEveryPackage()
    {
        var owners = Contract.Services.Select(Contract.OwnerOf).Distinct().Order();

        Assert.Equal(["connections", "feed", "follows", "messaging", "relationships"], owners);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task EveryMethod_OverGrpc_ReachesItsService(string fullName)
    {
        var service = Find(fullName);

        foreach (var method in service.Methods)
        {
            if (Contract.OwnerOf(service) == "relationships")
            {
                // the gateway itself serves these
                await GatewayFixture.AnswersOrRefusesAsync(gateway.Member(), fullName, method.Name);
                continue;
            }
            using var call = GatewayFixture.Call(gateway.Member(), fullName, method.Name);
            await call.ResponseAsync;
            var reached = (await call.ResponseHeadersAsync).GetValue(FakeService.NameHeader);
            Assert.Equal((method.Name, Contract.OwnerOf(service)), (method.Name, reached));
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task EveryAnnotation_OverRest_ReachesItsService(string fullName)
    {
        var service = Find(fullName);

        foreach (var (method, path) in service.Methods.SelectMany(Contract.RestOf))
        {
            var body = method == HttpMethod.Get || method == HttpMethod.Delete ? null : Json("{}");
            using var answer = await gateway.RestAsync(method, path, body);
            if (Contract.OwnerOf(service) == "relationships")
            {
                Assert.True(
                    answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                    $"{path}: {answer.StatusCode}"
                );
                continue;
            }
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            Assert.Equal(
                (path, Contract.OwnerOf(service)),
                (path, answer.Headers.GetValues(FakeService.NameHeader).Single())
            );
        }
    }

    [Fact]
    public void EveryMethod_Unary_HasARestPath()
    {
        var without = Contract
            .Services.SelectMany(service => service.Methods)
            .Where(method => !method.IsClientStreaming && !Contract.RestOf(method).Any())
            .Select(method => method.FullName);

        Assert.Empty(without);
    }

    // the gateway lets go of whoever sends a body slowly, see GatewayApp.Listen
    [Fact]
    public void NoMethod_TakesAStream() =>
        Assert.DoesNotContain(
            Contract.Services.SelectMany(service => service.Methods),
            method => method.IsClientStreaming
        );

    [Theory]
    [InlineData("platform.nothing.v1.NothingService")]
    [InlineData("platform.connections.v1.NothingService")]
    [InlineData("platform.connections.v2.InvitationsService")]
    public async Task Call_UnknownService_IsUnimplementedWithReason(string service)
    {
        var refusal = await Refusal.OfAsync(GatewayFixture.Call(gateway.Member(), service, "Do"));

        Assert.Equal(StatusCode.Unimplemented, refusal.Code);
        Assert.Equal(ErrorReason.RouteUnknown, refusal.Reason);
    }

    [Fact]
    public async Task Rest_UnknownPath_Is404WithReason()
    {
        using var answer = await gateway.RestAsync(HttpMethod.Get, "/v1/nothing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(
            "\"ROUTE_UNKNOWN\"",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Call_Deadline_IsPassedOn()
    {
        var options = new CallOptions(deadline: DateTime.UtcNow.AddSeconds(30)); // the client library reads the real clock
        using var call = GatewayFixture.Call(
            gateway.Member(),
            "platform.connections.v1.ConnectionsService",
            "CheckConnection",
            options: options
        );
        await call.ResponseAsync;

        var seen = (await call.ResponseHeadersAsync).GetValue(FakeService.SeenHeader);
        Assert.Contains("grpc-timeout=", seen, StringComparison.Ordinal);
        Assert.Contains("authorization=Bearer ", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "10.0.0.1")]
    [InlineData("X-Forwarded-Host", "internal")]
    [InlineData("Forwarded", "for=10.0.0.1")]
    [InlineData("X-Member-Id", "grace")]
    [InlineData("X-HTTP-Method-Override", "DELETE")]
    [InlineData("Keep-Alive", "timeout=5")]
    public async Task Rest_ForgedOrHopHeader_IsNotPassedOn(string name, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"Bearer {gateway.Identity.Token("ada")}"
        );
        request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(
            $"{name.ToLowerInvariant()}=",
            answer.Headers.GetValues(FakeService.SeenHeader).Single(),
            StringComparison.Ordinal
        );
    }

    private static StringContent Json(string text) =>
        new(text, System.Text.Encoding.UTF8, "application/json");

    private static ServiceDescriptor Find(string fullName) =>
        Contract.Services.Single(service => service.FullName == fullName);
}
