using System.Net;
using Grpc.Core;
using Platform.Common.V1;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>Callers who say by other means than their token that they are somebody else, or call what is not for them.</summary>
public sealed class ConfusedDeputyTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("x-acting-for")]
    [InlineData("x-member-id")]
    [InlineData("x-user-id")]
    [InlineData("x-forwarded-user")]
    [InlineData("x-forwarded-client-cert")]
    public async Task Call_WithMetadataThatNamesAnother_ArrivesWithoutIt(string name)
    {
        using var call = GatewayFixture.Call(
            gateway.Member(),
            "platform.connections.v1.ConnectionsService",
            "CheckConnection",
            options: new CallOptions(new Metadata { { name, "grace" } })
        );
        await call.ResponseAsync;

        var seen = (await call.ResponseHeadersAsync).GetValue(FakeService.SeenHeader)!;
        Assert.DoesNotContain($"{name}=", seen, StringComparison.Ordinal);
        Assert.Contains("authorization=", seen, StringComparison.Ordinal);
        await Bystander.IsServedAsync(gateway);
    }

    [Theory]
    [InlineData(CallerRole.Member)]
    [InlineData(CallerRole.Operator)]
    public async Task BatchGet_AsAnotherViewer_IsRefused(CallerRole role)
    {
        var request = new Relationships.V1.BatchGetRequest
        {
            MemberId = "grace",
            TargetIds = { "bob" },
        };
        var client = new Relationships.V1.RelationshipsService.RelationshipsServiceClient(
            gateway.Grpc(gateway.Identity.Token("ada", role))
        );

        var refusal = await Refusal.OfAsync(client.BatchGetAsync(request));

        Assert.Equal(StatusCode.PermissionDenied, refusal.Code);
        await Bystander.IsServedAsync(gateway);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo")]
    public async Task Reflection_WithoutAToken_TellsNothing(string service, string method)
    {
        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(gateway.Grpc(null), service, method)
        );

        Assert.Equal(ErrorReason.CredentialsMissing, refusal.Reason);
        await Bystander.IsServedAsync(gateway);
    }

    [Fact]
    public async Task Health_OfAServiceBehind_IsNotAskedThroughTheGateway()
    {
        using var call = GatewayFixture.Call(gateway.Grpc(null), "grpc.health.v1.Health", "Check");
        await call.ResponseAsync;

        Assert.Null((await call.ResponseHeadersAsync).GetValue(FakeService.NameHeader));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task DevToken_OutsideLocalMode_DoesNotExist(string method)
    {
        using var answer = await gateway.RestAsync(
            new HttpMethod(method),
            "/dev/token",
            authorization: null
        );

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await Bystander.IsServedAsync(gateway);
    }
}
