using System.Net;
using System.Text.Json;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>What the gateway says of its own REST surface. That it says what the contract says is held by tests/EndToEnd.</summary>
public sealed class ApiDocumentTests(GatewayFixture gateway)
{
    [Fact]
    public async Task OpenApi_IsServedToAnybody()
    {
        using var answer = await gateway.Http.GetAsync("/openapi.json");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("3.1.0", document.RootElement.GetProperty("openapi").GetString());
        Assert.True(
            document.RootElement.GetProperty("paths").TryGetProperty("/v1/posts/{postId}", out _)
        );
    }

    [Fact]
    public async Task Rest_Answers_CarryTheHeadersOfSecurity()
    {
        using var answer = await gateway.RestAsync(HttpMethod.Get, "/v1/connections");

        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(
            ["default-src 'none'; frame-ancestors 'none'"],
            answer.Headers.GetValues("Content-Security-Policy")
        );
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }
}
