using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// The token with which this service calls others; minted anew before it expires, and when the clock stepped back: others refuse one that
/// was minted in what is the future to them.
/// </summary>
public sealed class ServiceTokenSource
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(2);

    private readonly string _service;
    private readonly TimeProvider _time;
    private readonly TokenMinter _minter;
    private volatile Minted? _current;

    public ServiceTokenSource(
        ServiceName service,
        IOptions<ServiceIdentityOptions> identity,
        IOptions<AuthOptions> auth,
        TimeProvider time
    )
    {
        if (identity.Value.KeyFile.Length == 0)
        {
            throw new InvalidOperationException(
                "ServiceIdentity:KeyFile must name a private key in PEM: this service calls others."
            );
        }
        _service = service.Name;
        _time = time;
        _minter = new TokenMinter(
            KeyFiles.ReadSigningKey(identity.Value.KeyFile),
            identity.Value.Issuer,
            auth.Value.Audience,
            time
        );
    }

    /// <summary>The value of the <c>authorization</c> header.</summary>
    public string AuthorizationHeader
    {
        get
        {
            var now = _time.GetUtcNow();
            var current = _current;
            if (
                current is null
                || now < current.Time
                || now > current.Time + Lifetime - RenewBefore
            )
            {
                // two callers may mint at once; either token is good
                current = new Minted(
                    $"Bearer {_minter.Mint(_service, CallerRole.Service, Lifetime)}",
                    now
                );
                _current = current;
            }
            return current.Header;
        }
    }

    private sealed record Minted(string Header, DateTimeOffset Time);
}
