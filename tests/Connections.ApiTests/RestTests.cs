using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>The REST paths of the contract reach the methods they name, and refusals carry their reason.</summary>
public sealed class RestTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _bob = ConnectionsFixture.NewMember("bob");

    [Fact]
    public async Task WholeStory_OverRest_Works()
    {
        var sent = await CallAsync(
            _ann,
            HttpMethod.Post,
            "/v1/invitations",
            new { inviteeId = _bob, note = "Hello" }
        );
        Assert.Equal("CONNECTION_STATUS_INVITATION_SENT", Text(sent, "status"));
        var id = sent.GetProperty("invitation").GetProperty("invitationId").GetString()!;

        var received = await CallAsync(_bob, HttpMethod.Get, "/v1/invitations:received");
        Assert.Equal(1, received.GetProperty("invitations").GetArrayLength());
        var one = await CallAsync(_bob, HttpMethod.Get, $"/v1/invitations/{id}");
        Assert.Equal("Hello", Text(one.GetProperty("invitation"), "note"));

        await CallAsync(_bob, HttpMethod.Post, $"/v1/invitations/{id}:accept", new { });
        var check = await CallAsync(_ann, HttpMethod.Get, $"/v1/connections/{_bob}:check");
        Assert.Equal("CONNECTION_STATUS_CONNECTED", Text(check, "status"));
        var batch = await CallAsync(
            _ann,
            HttpMethod.Post,
            "/v1/connections:batchCheck",
            new { otherIds = new[] { _bob, "nobody" } }
        );
        Assert.Equal(2, batch.GetProperty("checks").GetArrayLength());
        var list = await CallAsync(
            _ann,
            HttpMethod.Get,
            $"/v1/connections?ownerId={_bob}&pageSize=10&order=CONNECTION_ORDER_ID"
        );
        Assert.Equal(_ann, Text(list.GetProperty("connections")[0], "memberId"));

        await CallAsync(_ann, HttpMethod.Delete, $"/v1/connections/{_bob}?requestId=r1");
        var count = await CallAsync(_bob, HttpMethod.Get, "/v1/connections:count");
        Assert.Equal("0", count.GetProperty("count").ToString());
    }

    [Fact]
    public async Task Recommendation_OverRest_Works()
    {
        await fixture.ConnectAsync(_ann, _bob);
        var requested = await CallAsync(
            _bob,
            HttpMethod.Post,
            "/v1/recommendations:request",
            new { authorId = _ann, text = "Would you?" }
        );
        var id = Text(requested.GetProperty("recommendation"), "recommendationId");
        await CallAsync(
            _ann,
            HttpMethod.Post,
            "/v1/recommendations",
            new { recipientId = _bob, text = "first" }
        );
        await VerbAsync(_bob, "askForRevision", new { text = "shorter" });
        await VerbAsync(_ann, "revise", new { text = "second" });
        await VerbAsync(_bob, "accept", new { });
        await VerbAsync(_bob, "hide", new { });
        await VerbAsync(_bob, "show", new { });

        var received = await CallAsync(
            "eve",
            HttpMethod.Get,
            $"/v1/recommendations:received?recipientId={_bob}"
        );
        Assert.Equal("second", Text(received.GetProperty("recommendations")[0], "text"));
        var written = await CallAsync(_ann, HttpMethod.Get, "/v1/recommendations:written");
        Assert.Equal(1, written.GetProperty("recommendations").GetArrayLength());
        var one = await CallAsync("eve", HttpMethod.Get, $"/v1/recommendations/{id}");
        Assert.Equal(
            "RECOMMENDATION_STATE_ACCEPTED",
            Text(one.GetProperty("recommendation"), "state")
        );

        await VerbAsync(_ann, "withdraw", new { });
        await CallAsync(
            _bob,
            HttpMethod.Post,
            $"/v1/recommendations/{id}:decline",
            new { },
            HttpStatusCode.BadRequest
        );

        Task<JsonElement> VerbAsync(string member, string verb, object body) =>
            CallAsync(member, HttpMethod.Post, $"/v1/recommendations/{id}:{verb}", body);
    }

    [Fact]
    public async Task Refusal_OverRest_CarriesItsReason()
    {
        var refusal = await CallAsync(
            _ann,
            HttpMethod.Post,
            "/v1/invitations",
            new { inviteeId = _ann },
            HttpStatusCode.BadRequest
        );

        Assert.Contains("SELF_INVITATION", refusal.ToString(), StringComparison.Ordinal);
    }

    private static string Text(JsonElement element, string property) =>
        element.GetProperty(property).GetString()!;

    private async Task<JsonElement> CallAsync(
        string member,
        HttpMethod method,
        string path,
        object? body = null,
        HttpStatusCode expected = HttpStatusCode.OK
    )
    {
        using var client = new HttpClient { BaseAddress = new Uri(fixture.Service.Address) };
        using var request = new HttpRequestMessage(method, path)
        {
            // the service speaks h2c only; the gateway speaks HTTP/1.1 for it
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            fixture.Identity.Token(member)
        );
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
