using System.Buffers.Text;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Platform.Ctl.Gateway;

namespace Platform.Tests.Ctl.UnitTests;

public sealed class TokenSourceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_000_000));
    private readonly Minter _minter = new();

    [Fact]
    public async Task Get_TokenAboutToExpire_IsRenewed()
    {
        _minter.Token = Jwt(exp: 1_000_600);
        using var tokens = Create(given: null);

        var first = await tokens.GetAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(500));
        await tokens.GetAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, _minter.Minted);
        _minter.Token = Jwt(exp: 1_002_000);
        _time.Advance(TimeSpan.FromSeconds(75));
        var second = await tokens.GetAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, _minter.Minted);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Get_GivenToken_IsNeverReplaced()
    {
        using var tokens = Create(Jwt(exp: 1));

        Assert.Equal(Jwt(exp: 1), await tokens.GetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, _minter.Minted);
    }

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.!!!.c")]
    [InlineData("a.MTIz.c")]
    public async Task Get_TokenThatIsNoJwt_IsKept(string token)
    {
        _minter.Token = token;
        using var tokens = Create(given: null);

        await tokens.GetAsync(TestContext.Current.CancellationToken);
        Assert.Equal(token, await tokens.GetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, _minter.Minted);
    }

    public void Dispose() => _minter.Dispose();

    private TokenSource Create(string? given) =>
        new(
            new DevelopmentTokens(new HttpClient(_minter), new Uri("http://gateway.test")),
            new TokenRequest("alice", "member"),
            given,
            _time
        );

    private static string Jwt(long exp) =>
        $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"exp":{{exp}}}"""))}.sig";

    private sealed class Minter : HttpMessageHandler
    {
        public string Token { get; set; } = "";

        public int Minted { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Minted++;
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent($$"""{"token":"{{Token}}"}"""),
                }
            );
        }
    }
}
