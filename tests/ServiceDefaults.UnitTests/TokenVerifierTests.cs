using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Identity;
using Platform.Testing;

namespace Platform.Tests.ServiceDefaults;

public sealed class TokenVerifierTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)
    );
    private readonly TestIdentity _identity;
    private readonly TokenVerifier _verifier;

    public TokenVerifierTests()
    {
        _identity = new TestIdentity(_time);
        _verifier = Verifier("member", "service", "operator");
    }

    public void Dispose() => _identity.Dispose();

    [Fact]
    public async Task VerifyAsync_GoodToken_IsTheCaller()
    {
        var token = _identity.Token("ada", CallerRole.Service);
        var first = await _verifier.VerifyAsync(token);
        Assert.Equal(new Caller(CallerRole.Service, "ada"), first.Caller);
        Assert.Same(first, await _verifier.VerifyAsync(token));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("premium-2", "premium-2")]
    [InlineData("not a name", "")]
    public async Task VerifyAsync_ClaimTier_IsTheCallersIfItCanBeAName(string claim, string tier)
    {
        var token = _identity.Token("ada", tier: claim);

        Assert.Equal(tier, (await _verifier.VerifyAsync(token)).Caller.Tier);
    }

    [Fact]
    public async Task VerifyAsync_Forged_IsRefused() =>
        await AssertRefusedAsync(ErrorReason.CredentialsInvalid, _identity.ForgedToken("ada"));

    [Fact]
    public async Task VerifyAsync_RememberedTokenExpires_IsRefused()
    {
        var token = _identity.Token("ada", lifetime: TimeSpan.FromMinutes(5));
        await _verifier.VerifyAsync(token);
        _time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(29));
        await _verifier.VerifyAsync(token);
        _time.Advance(TimeSpan.FromSeconds(2));
        await AssertRefusedAsync(ErrorReason.CredentialsExpired, token);
    }

    [Fact]
    public async Task VerifyAsync_NotValidYet_IsRefused()
    {
        var token = _identity.Token("ada");
        _time.AdjustTime(_time.GetUtcNow().AddMinutes(-2));
        await AssertRefusedAsync(ErrorReason.CredentialsExpired, token);
    }

    [Fact]
    public async Task VerifyAsync_ChangedPayload_IsRefused()
    {
        var parts = _identity.Token("ada").Split('.');
        var payload = Encoding
            .UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1]))
            .Replace("ada", "bob", StringComparison.Ordinal);
        await AssertRefusedAsync(
            ErrorReason.CredentialsInvalid,
            $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}"
        );
    }

    [Fact]
    public async Task VerifyAsync_NoneAlgorithm_IsRefused()
    {
        var payload = _identity.Token("ada").Split('.')[1];
        var header = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");
        await AssertRefusedAsync(ErrorReason.CredentialsInvalid, $"{header}.{payload}.");
    }

    [Fact]
    public async Task VerifyAsync_PublicKeyAsSymmetricKey_IsRefused()
    {
        var payload = _identity.Token("ada").Split('.')[1];
        var signed = $"{Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT"}""")}.{payload}";
        var secret = Encoding.UTF8.GetBytes(await File.ReadAllTextAsync(_identity.PublicKeyFile));
        var signature = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signed));
        await AssertRefusedAsync(
            ErrorReason.CredentialsInvalid,
            $"{signed}.{Base64UrlEncoder.Encode(signature)}"
        );
    }

    [Fact]
    public async Task VerifyAsync_OtherAudience_IsRefused()
    {
        var minter = new TokenMinter(
            KeyFiles.ReadSigningKey(_identity.PrivateKeyFile),
            TestIdentity.Issuer,
            "somebody-else",
            _time
        );
        await AssertRefusedAsync(
            ErrorReason.CredentialsInvalid,
            minter.Mint("ada", CallerRole.Member, TimeSpan.FromHours(1))
        );
    }

    [Fact]
    public async Task VerifyAsync_RoleTheIssuerMayNotGive_IsRefused()
    {
        var members = Verifier("member");
        await members.VerifyAsync(_identity.Token("ada"));
        var refusal = await Assert.ThrowsAsync<DomainException>(async () =>
            await members.VerifyAsync(_identity.Token("ada", CallerRole.Operator))
        );
        Assert.Equal(ErrorReason.CredentialsInvalid, refusal.Reason);
    }

    [Theory]
    [InlineData("not a subject")]
    [InlineData("")]
    [InlineData("a|b")]
    public async Task VerifyAsync_SubjectOutsideThePattern_IsRefused(string subject) =>
        await AssertRefusedAsync(ErrorReason.CredentialsInvalid, _identity.Token(subject));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.")]
    [InlineData("....")]
    public async Task VerifyAsync_Junk_IsRefused(string token) =>
        await AssertRefusedAsync(ErrorReason.CredentialsInvalid, token);

    [Fact]
    public async Task VerifyAsync_MoreTokensThanRemembered_StillRight()
    {
        var cache = new VerifiedTokenCache(_time);
        var keys = new IssuerKeySet([], matchesKeyIds: false);
        for (var index = 0; index < 50_000; index++)
        {
            cache.Add(
                $"token {index}",
                new CallerPrincipal(new Caller(CallerRole.Member, $"m{index}")),
                keys,
                _time.GetUtcNow().AddHours(1)
            );
        }
        Assert.True(cache.TryGet("token 49999", out var principal));
        Assert.Equal("m49999", principal.Caller.Subject);
        Assert.False(cache.TryGet("token 0", out _));
        await _verifier.VerifyAsync(_identity.Token("ada"));
    }

    private TokenVerifier Verifier(params string[] roles) => _identity.Verifier(_time, roles);

    private async Task AssertRefusedAsync(ErrorReason reason, string token)
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(async () =>
            await _verifier.VerifyAsync(token)
        );
        Assert.Equal(reason, refusal.Reason);
    }
}
