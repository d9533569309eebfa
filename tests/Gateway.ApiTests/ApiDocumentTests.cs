using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Tests.Gateway.ApiTests;

/// <summary>What the gateway says of its own REST surface. That it says what the contract says is held by tests/EndToEnd.</summary>
public sealed partial class ApiDocumentTests(GatewayFixture gateway)
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
    public async Task Reference_IsAPageThatNeedsNothingFromElsewhere()
    {
        var (page, policy) = await ReferenceAsync();

        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", policy, StringComparison.Ordinal);
        Assert.Contains("openapi.json", page, StringComparison.Ordinal);
        var scripts = ScriptSource().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            using var answer = await gateway.Http.GetAsync($"/reference/{script}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(
                "javascript",
                answer.Content.Headers.ContentType!.ToString(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Reference_ScriptsInThePage_AreAllowedByANonceOfThisAnswerAlone()
    {
        var (page, policy) = await ReferenceAsync();
        var (_, another) = await ReferenceAsync();

        var nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.NotEqual(nonce, Nonce().Match(another).Groups[1].Value);
        Assert.All(
            ScriptTag().Matches(page),
            script => Assert.Contains($"nonce=\"{nonce}\"", script.Value, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'unsafe-inline'", policy, StringComparison.Ordinal);
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

    private async Task<(string Page, string Policy)> ReferenceAsync()
    {
        using var answer = await gateway.Http.GetAsync("/reference/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (
            WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()),
            answer.Headers.GetValues("Content-Security-Policy").Single()
        );
    }

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex ScriptSource();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex ScriptTag();

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex Nonce();
}
