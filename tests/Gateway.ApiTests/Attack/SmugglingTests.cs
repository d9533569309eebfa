namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>Requests that two readers could take apart differently, and paths that lead elsewhere than they seem to.</summary>
public sealed class SmugglingTests(GatewayFixture gateway)
{
    private string Authorization => $"Authorization: Bearer {gateway.Identity.Token("ada")}\r\n";

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Content-Length: 5, 6\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: +5\r\n")]
    [InlineData("Content-Length: 0x5\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n")]
    [InlineData("X-One: a\r\n folded: b\r\n")]
    [InlineData("X-One : a\r\n")]
    [InlineData("X-One: a\0b\r\n")]
    [InlineData("X-One\r\n")]
    [InlineData("Host: other\r\n")]
    public async Task Request_WithAHeaderThatIsReadTwoWays_IsRefused(string header)
    {
        var answer = await AnswerAsync(
            $"POST /v1/invitations HTTP/1.1\r\nHost: gateway\r\n{Authorization}{header}\r\nhello"
        );

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        AssertNothingInternal(answer);
        await Bystander.IsServedAsync(gateway);
    }

    [Fact]
    public async Task Request_WithLengthAndChunks_HasItsLengthIgnored()
    {
        var answer = await AnswerAsync(
            $"POST /v1/invitations HTTP/1.1\r\nHost: gateway\r\n{Authorization}"
                + "Connection: close\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        // what goes on is frames of HTTP/2: no length of the caller's comes with them
        Assert.DoesNotContain(",content-length=3", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("transfer-encoding=", answer, StringComparison.Ordinal);
        await Bystander.IsServedAsync(gateway);
    }

    [Theory]
    [InlineData(40, 1024)]
    [InlineData(1, 64 * 1024)]
    [InlineData(2000, 1)]
    public async Task Request_WithTooMuchHeader_IsRefused(int count, int length)
    {
        var headers = string.Concat(
            Enumerable.Range(0, count).Select(index => $"X-{index}: {new string('a', length)}\r\n")
        );
        var answer = await AnswerAsync(
            $"GET /v1/connections HTTP/1.1\r\nHost: gateway\r\n{Authorization}{headers}\r\n"
        );

        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        await Bystander.IsServedAsync(gateway);
    }

    [Theory]
    // dots are resolved before a route is looked for
    [InlineData("/v1/connections/../feed/home", "feed", "/v1/feed/home")]
    [InlineData("/v1/connections/%2e%2e/feed/home", "feed", "/v1/feed/home")]
    // an encoded slash is no slash, and stays encoded
    [InlineData(
        "/v1/connections/..%2ffeed%2fhome",
        "connections",
        "/v1/connections/..%252ffeed%252fhome"
    )]
    [InlineData("/v1/connections/..%5cfeed", "connections", "/v1/connections/..%5Cfeed")]
    public async Task Path_ThatClimbs_ReachesTheServiceOfWhatItIs(
        string sent,
        string service,
        string path
    )
    {
        var answer = await AnswerAsync(Get(sent));

        Assert.Contains(
            $"{FakeService.NameHeader}: {service}\r\n",
            answer,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"{FakeService.PathHeader}: {path}\r\n",
            answer,
            StringComparison.OrdinalIgnoreCase
        );
        await Bystander.IsServedAsync(gateway);
    }

    [Theory]
    [InlineData("/v1/connections/../../internal")]
    [InlineData("/../../etc/passwd")]
    [InlineData("/v1//connections")]
    [InlineData("/v1%2fconnections")]
    [InlineData("/platform.connections.v1.ConnectionsService/../../dev/token")]
    public async Task Path_OfNoRoute_IsUnknown(string path)
    {
        var answer = await AnswerAsync(Get(path));

        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Contains("ROUTE_UNKNOWN", answer, StringComparison.Ordinal);
        AssertNothingInternal(answer);
        await Bystander.IsServedAsync(gateway);
    }

    private string Get(string path) =>
        $"GET {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n{Authorization}\r\n";

    private async Task<string> AnswerAsync(string request)
    {
        await using var connection = await RawHttp1.ConnectAsync(gateway.Http.BaseAddress!);
        await connection.SendAsync(request);
        return await connection.ReadToEndAsync();
    }

    private static void AssertNothingInternal(string answer)
    {
        foreach (
            var trace in new[] { "Exception", "   at ", "Kestrel", "Microsoft", ".cs", "127.0.0.1" }
        )
        {
            Assert.DoesNotContain(trace, answer, StringComparison.Ordinal);
        }
    }
}
