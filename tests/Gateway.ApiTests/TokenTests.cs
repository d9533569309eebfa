using System.Net;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Platform.Common.V1;
using Platform.Testing;

namespace Platform.Tests.Gateway.ApiTests;

public sealed class TokenTests(GatewayFixture gateway)
{
    public static TheoryData<string, ErrorReason> BadTokens() =>
        new()
        {
            { "missing", ErrorReason.CredentialsMissing },
            { "garbage", ErrorReason.CredentialsInvalid },
            { "forged", ErrorReason.CredentialsInvalid },
            { "none", ErrorReason.CredentialsInvalid },
            { "tampered", ErrorReason.CredentialsInvalid },
            { "hmac", ErrorReason.CredentialsInvalid },
            { "audience", ErrorReason.CredentialsInvalid },
            { "issuer", ErrorReason.CredentialsInvalid },
            { "unknown key", ErrorReason.CredentialsInvalid },
            { "key of its own", ErrorReason.CredentialsInvalid },
            { "early", ErrorReason.CredentialsExpired },
            { "expired", ErrorReason.CredentialsExpired },
        };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Call_BadToken_IsUnauthenticatedWithReason(string kind, ErrorReason reason)
    {
        var refusal = await Refusal.OfAsync(
            GatewayFixture.Call(
                gateway.Grpc(Token(kind)),
                "platform.connections.v1.InvitationsService",
                "SendInvitation"
            )
        );

        Assert.Equal(StatusCode.Unauthenticated, refusal.Code);
        Assert.Equal(reason, refusal.Reason);
    }

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Rest_BadToken_Is401WithReason(string kind, ErrorReason reason)
    {
        var token = Token(kind);
        using var answer = await gateway.RestAsync(
            HttpMethod.Get,
            "/v1/connections",
            authorization: token is null ? null : $"Bearer {token}"
        );

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Contains(
            $"\"{ServiceDefaults.Errors.ErrorCatalog.NameOf(reason)}\"",
            body,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/v1/relationships:batchGet")]
    public async Task Rest_GatewaysOwnMethodWithoutToken_Is401(string path)
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await gateway.RestAsync(
            HttpMethod.Post,
            path,
            content,
            authorization: null
        );

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Rest_TwoAuthorizations_Is401()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/connections");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            [$"Bearer {gateway.Identity.Token("ada")}", $"Bearer {gateway.Identity.Token("grace")}"]
        );
        using var answer = await gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task DevToken_OnAGatewayOutsideLocalMode_DoesNotExist()
    {
        using var content = new StringContent(
            "{\"member_id\":\"ada\"}",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await gateway.RestAsync(
            HttpMethod.Post,
            "/dev/token",
            content,
            authorization: null
        );

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private string? Token(string kind) =>
        kind switch
        {
            "missing" => null,
            "garbage" => "garbage",
            "forged" => gateway.Identity.ForgedToken("ada"),
            "expired" => gateway.Identity.ExpiredToken("ada"),
            "none" => Unsigned("""{"alg":"none","typ":"JWT"}""") + ".",
            "tampered" => Tampered(),
            "audience" => Minted(audience: "somebody-else"),
            "issuer" => Minted(issuer: "stranger"),
            "early" => Minted(
                time: new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1))
            ),
            "unknown key" => Signed("""{"alg":"ES256","typ":"JWT","kid":"nobody's"}"""),
            "key of its own" => Signed(
                """{"alg":"ES256","typ":"JWT","jku":"https://evil.example/keys","jwk":{"kty":"EC"}}"""
            ),
            "hmac" => Hmac(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>A good token but for one thing.</summary>
    private string Minted(
        string issuer = TestIdentity.Issuer,
        string audience = TestIdentity.Audience,
        TimeProvider? time = null
    ) =>
        new ServiceDefaults.Identity.TokenMinter(
            ServiceDefaults.Identity.KeyFiles.ReadSigningKey(gateway.Identity.PrivateKeyFile),
            issuer,
            audience,
            time ?? TimeProvider.System
        ).Mint("ada", ServiceDefaults.Identity.CallerRole.Member, TimeSpan.FromHours(1));

    /// <summary>The claims of a good token, signed with a key that the header says where to find.</summary>
    private string Signed(string header)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var unsigned = Unsigned(header);
        var signature = key.SignData(
            Encoding.ASCII.GetBytes(unsigned),
            System.Security.Cryptography.HashAlgorithmName.SHA256
        );
        return $"{unsigned}.{Base64UrlEncoder.Encode(signature)}";
    }

    /// <summary>The claims of a good token under another header.</summary>
    private string Unsigned(string header) =>
        Base64UrlEncoder.Encode(header) + "." + gateway.Identity.Token("ada").Split('.')[1];

    /// <summary>A good signature over other claims.</summary>
    private string Tampered()
    {
        var parts = gateway.Identity.Token("ada").Split('.');
        var claims = Base64UrlEncoder
            .Decode(parts[1])
            .Replace("\"ada\"", "\"grace\"", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}";
    }

    /// <summary>Signed symmetrically with what everybody may know: the text of the public key.</summary>
    private string Hmac()
    {
        var unsigned = Unsigned("""{"alg":"HS256","typ":"JWT"}""");
        var key = File.ReadAllBytes(gateway.Identity.PublicKeyFile);
        var signature = System.Security.Cryptography.HMACSHA256.HashData(
            key,
            Encoding.ASCII.GetBytes(unsigned)
        );
        return $"{unsigned}.{Base64UrlEncoder.Encode(signature)}";
    }
}
