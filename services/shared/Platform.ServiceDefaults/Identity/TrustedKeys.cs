using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults.Identity;

/// <summary>The keys of all issuers of <see cref="AuthOptions"/>.</summary>
public sealed class TrustedKeys : IDisposable
{
    private readonly Dictionary<string, IssuerKeys> _issuers;
    private readonly HttpClient _http;

    public TrustedKeys(IOptions<AuthOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                // an address that sends elsewhere is to be configured as what it is
                AllowAutoRedirect = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            // callers with a new key wait for it
            Timeout = TimeSpan.FromSeconds(5),
            MaxResponseContentBufferSize = KeySetDocument.MaxBytes,
        };
        var logger = loggers.CreateLogger<TrustedKeys>();
        _issuers = options.Value.Issuers.ToDictionary(
            issuer => issuer.Issuer,
            issuer => new IssuerKeys(issuer, options.Value, _http, time, logger),
            StringComparer.Ordinal
        );
    }

    /// <summary>Whether any keys come from an address.</summary>
    public bool HaveAddresses => _issuers.Values.Any(keys => keys.HaveAddress);

    internal bool TryGet(string issuer, [MaybeNullWhen(false)] out IssuerKeys keys) =>
        _issuers.TryGetValue(issuer, out keys);

    /// <summary>Reads again all keys that come from addresses; those of one that does not answer stay as they are.</summary>
    public Task RefreshAsync() =>
        Task.WhenAll(
            _issuers.Values.Where(keys => keys.HaveAddress).Select(keys => keys.RefreshAsync())
        );

    public void Dispose() => _http.Dispose();
}
