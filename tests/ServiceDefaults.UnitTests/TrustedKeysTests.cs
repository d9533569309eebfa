using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

/// <summary>Keys that come from an address, and change there.</summary>
public sealed class TrustedKeysTests : IAsyncLifetime
{
    private const string Issuer = "https://login.example";

    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
    );
    private readonly TemporaryFolder _folder = new();
    private readonly AuthOptions _options = new() { Audience = TestIdentity.Audience };
    private KeySetServer _server = null!;
    private TrustedKeys _keys = null!;
    private TokenVerifier _verifier = null!;
    private ECDsaSecurityKey _first = null!;
    private ECDsaSecurityKey _second = null!;

    public async ValueTask InitializeAsync()
    {
        (_first, _second) = (NewKey("first"), NewKey("second"));
        _server = await KeySetServer.StartAsync();
        _server.Publish(_first);
        Trust(_server.KeysUrl);
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task VerifyAsync_FirstToken_ReadsTheKeysOnce()
    {
        await AssertVerifiedAsync(Token(_first));
        await AssertVerifiedAsync(Token(_first, "grace"));

        Assert.Equal(1, _server.Reads);
    }

    [Fact]
    public async Task VerifyAsync_NewKey_IsTakenUpAtOnceAndTheOldStays()
    {
        await AssertVerifiedAsync(Token(_first));
        _server.Publish(_first, _second);
        _time.Advance(IssuerKeys.UnknownKeyInterval);

        await AssertVerifiedAsync(Token(_second));
        await AssertVerifiedAsync(Token(_first));
    }

    [Fact]
    public async Task VerifyAsync_RemovedKey_EndsWithTheNextRefreshForRememberedTokensToo()
    {
        _server.Publish(_first, _second);
        var remembered = Token(_first);
        await AssertVerifiedAsync(remembered);
        _server.Publish(_second);
        using var worker = new TrustedKeysWorker(_keys, Options.Create(_options), _time);
        await worker.StartAsync(default);
        await Eventually.HoldsAsync(
            "the refresh at start",
            () => Task.FromResult(_server.Reads == 2)
        );
        await _keys.RefreshAsync();

        await AssertRefusedAsync(ErrorReason.CredentialsInvalid, remembered);
        await AssertVerifiedAsync(Token(_second));
        await worker.StopAsync(default);
    }

    [Fact]
    public async Task Worker_EachInterval_ReadsAgain()
    {
        using var worker = new TrustedKeysWorker(_keys, Options.Create(_options), _time);
        await worker.StartAsync(default);
        await Eventually.HoldsAsync("the read at start", () => Task.FromResult(_server.Reads == 1));
        // the timer is set only when the first read has ended
        await Eventually.HoldsAsync(
            "a read an interval later",
            () =>
            {
                _time.Advance(_options.KeysRefreshInterval);
                return Task.FromResult(_server.Reads > 1);
            }
        );
        await worker.StopAsync(default);
    }

    [Fact]
    public async Task VerifyAsync_AddressDown_KeepsTheKeysForTheirTime()
    {
        var token = Token(_first);
        await AssertVerifiedAsync(token);
        _server.IsDown = true;
        _time.Advance(_options.KeysKeptFor - TimeSpan.FromMinutes(1));
        await _keys.RefreshAsync();
        await AssertVerifiedAsync(token);
        await AssertVerifiedAsync(Token(_first, "grace"));

        _time.Advance(TimeSpan.FromMinutes(2));
        await _keys.RefreshAsync();
        await AssertRefusedAsync(ErrorReason.DependencyUnavailable, token);

        _server.IsDown = false;
        await _keys.RefreshAsync();
        await AssertVerifiedAsync(token);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":7}""")]
    public async Task RefreshAsync_NoKeySet_KeepsTheKeys(string text)
    {
        await AssertVerifiedAsync(Token(_first));
        _server.Publish(text);
        await _keys.RefreshAsync();

        await AssertVerifiedAsync(Token(_first, "grace"));
    }

    [Fact]
    public async Task RefreshAsync_LargerThanAKeySetIs_KeepsTheKeys()
    {
        await AssertVerifiedAsync(Token(_first));
        _server.Publish(
            $$"""{"keys":[],"padding":"{{new string('x', KeySetDocument.MaxBytes)}}"}"""
        );
        await _keys.RefreshAsync();

        await AssertVerifiedAsync(Token(_first, "grace"));
    }

    [Fact]
    public async Task VerifyAsync_FloodOfUnknownKeys_AsksOnceAnInterval()
    {
        await AssertVerifiedAsync(Token(_first));
        _time.Advance(IssuerKeys.UnknownKeyInterval);
        var flood = Enumerable.Range(0, 200).Select(index => Token(_second, $"m{index}"));

        await Task.WhenAll(
            flood.Select(token => AssertRefusedAsync(ErrorReason.CredentialsInvalid, token))
        );

        Assert.Equal(2, _server.Reads);
        _time.Advance(IssuerKeys.UnknownKeyInterval);
        await AssertRefusedAsync(ErrorReason.CredentialsInvalid, Token(_second));
        Assert.Equal(3, _server.Reads);
    }

    [Fact]
    public async Task VerifyAsync_UnknownKeyAndAddressDown_IsUnavailable()
    {
        _server.IsDown = true;

        await AssertRefusedAsync(ErrorReason.DependencyUnavailable, Token(_first));
        Assert.Equal(1, _server.Reads);
    }

    [Fact]
    public async Task VerifyAsync_PublishedSymmetricKey_SignsNothing()
    {
        var secret = Base64UrlEncoder.Encode(new byte[64]);
        _server.Publish($$"""{"keys":[{"kty":"oct","kid":"shared","k":"{{secret}}"}]}""");
        var header = Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT","kid":"shared"}""");
        var signed = $"{header}.{Token(_first).Split('.')[1]}";
        var signature = System.Security.Cryptography.HMACSHA256.HashData(
            new byte[64],
            System.Text.Encoding.ASCII.GetBytes(signed)
        );

        await AssertRefusedAsync(
            ErrorReason.CredentialsInvalid,
            $"{signed}.{Base64UrlEncoder.Encode(signature)}"
        );
        // nor is the address asked for what no key can make good
        Assert.Equal(0, _server.Reads);
    }

    [Theory]
    [InlineData(Issuer, true)]
    [InlineData("https://other.example", false)]
    public async Task VerifyAsync_KeysOfMetadata_AreThoseOfTheSameIssuerOnly(
        string named,
        bool isGood
    )
    {
        _server.Issuer = named;
        _keys.Dispose();
        Trust(_server.MetadataUrl);

        await (
            isGood
                ? AssertVerifiedAsync(Token(_first))
                : AssertRefusedAsync(ErrorReason.DependencyUnavailable, Token(_first))
        );
    }

    [Theory]
    [InlineData("https://login.example/keys", true)]
    [InlineData("http://127.0.0.1:1/keys", true)]
    [InlineData("http://login.example/keys", false)]
    [InlineData("file:///etc/keys", false)]
    [InlineData("keys", false)]
    public void Validate_KeysUrl_IsHttpsOrOfThisMachine(string url, bool isValid)
    {
        _options.Issuers[0].KeysUrl = url;

        Assert.Equal(isValid, !_options.Validate().Any());
    }

    private void Trust(string url)
    {
        _options.Issuers =
        [
            new TrustedIssuer
            {
                Issuer = Issuer,
                KeysUrl = url,
                Roles = ["member"],
            },
        ];
        var options = Options.Create(_options);
        _keys = new TrustedKeys(options, _time, NullLoggerFactory.Instance);
        _verifier = new TokenVerifier(options, _keys, _time);
    }

    private ECDsaSecurityKey NewKey(string name)
    {
        var file = Path.Combine(_folder.Path, name);
        KeyFiles.Generate(file, $"{file}.pub");
        return KeyFiles.ReadSigningKey(file);
    }

    private string Token(ECDsaSecurityKey key, string subject = "ada") =>
        new TokenMinter(key, Issuer, TestIdentity.Audience, _time).Mint(
            subject,
            CallerRole.Member,
            TimeSpan.FromDays(7)
        );

    private async Task AssertVerifiedAsync(string token) =>
        Assert.Equal(CallerRole.Member, (await _verifier.VerifyAsync(token)).Caller.Role);

    private async Task AssertRefusedAsync(ErrorReason reason, string token)
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(async () =>
            await _verifier.VerifyAsync(token)
        );
        Assert.Equal(reason, refusal.Reason);
    }
}
