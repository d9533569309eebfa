using System.Net;

namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>Somebody else, whom an attack must not touch.</summary>
internal static class Bystander
{
    /// <summary>Calls on both ports as another member, on the connections that were open before.</summary>
    public static async Task IsServedAsync(GatewayFixture gateway)
    {
        using var call = GatewayFixture.Call(
            gateway.Grpc(gateway.Identity.Token("bystander")),
            "platform.connections.v1.ConnectionsService",
            "CheckConnection"
        );
        await call.ResponseAsync;
        using var answer = await gateway.RestAsync(
            HttpMethod.Get,
            "/v1/connections",
            authorization: $"Bearer {gateway.Identity.Token("bystander")}"
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
