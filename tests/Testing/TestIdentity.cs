using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Identity;

namespace Platform.Testing;

/// <summary>Keys and tokens of a test: one issuer of members, services and operators, and one stranger nobody trusts.</summary>
public sealed class TestIdentity : IDisposable
{
    public const string Issuer = "tests";
    public const string Audience = "platform";

    private readonly string _folder = Directory.CreateTempSubdirectory("platform-keys-").FullName;
    private readonly TokenMinter _minter;
    private readonly TokenMinter _forger;

    public TestIdentity(TimeProvider? time = null)
    {
        KeyFiles.Generate(PrivateKeyFile, PublicKeyFile);
        var strangersKey = Path.Combine(_folder, "stranger.pem");
        KeyFiles.Generate(strangersKey, Path.Combine(_folder, "stranger.pub.pem"));
        var clock = time ?? TimeProvider.System;
        _minter = new TokenMinter(KeyFiles.ReadSigningKey(PrivateKeyFile), Issuer, Audience, clock);
        _forger = new TokenMinter(KeyFiles.ReadSigningKey(strangersKey), Issuer, Audience, clock);
    }

    public string PrivateKeyFile => Path.Combine(_folder, "tests.pem");

    public string PublicKeyFile => Path.Combine(_folder, "tests.pub.pem");

    /// <summary>The settings that make a service believe these tokens and call others with its own.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Auth:Audience", Audience),
            new("Auth:Issuers:0:Issuer", Issuer),
            new("Auth:Issuers:0:KeyFile", PublicKeyFile),
            new("Auth:Issuers:0:Roles:0", "member"),
            new("Auth:Issuers:0:Roles:1", "service"),
            new("Auth:Issuers:0:Roles:2", "operator"),
            new("ServiceIdentity:Issuer", Issuer),
            new("ServiceIdentity:KeyFile", PrivateKeyFile),
        ];

    /// <summary>What a service checks tokens with, when it believes this issuer in the given roles.</summary>
    public TokenVerifier Verifier(TimeProvider time, params string[] roles)
    {
        var options = Options.Create(
            new AuthOptions
            {
                Audience = Audience,
                Issuers =
                [
                    new TrustedIssuer
                    {
                        Issuer = Issuer,
                        KeyFile = PublicKeyFile,
                        Roles = roles,
                    },
                ],
            }
        );
        return new TokenVerifier(
            options,
            new TrustedKeys(options, time, NullLoggerFactory.Instance),
            time
        );
    }

    /// <summary>A good token.</summary>
    public string Token(
        string subject,
        CallerRole role = CallerRole.Member,
        TimeSpan? lifetime = null,
        string tier = ""
    ) => _minter.Mint(subject, role, lifetime ?? TimeSpan.FromHours(1), tier);

    /// <summary>A token that names the trusted issuer but is signed by somebody else.</summary>
    public string ForgedToken(string subject, CallerRole role = CallerRole.Member) =>
        _forger.Mint(subject, role, TimeSpan.FromHours(1));

    /// <summary>A token that expired an hour ago.</summary>
    public string ExpiredToken(string subject, CallerRole role = CallerRole.Member) =>
        _minter.Mint(subject, role, TimeSpan.FromHours(-1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
