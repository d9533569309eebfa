using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// The keys of one issuer: of a file, as they were at start; or of an address, read again at intervals and, for a key that nobody
/// knows, at once. What was read is kept while the address does not answer, for <see cref="AuthOptions.KeysKeptFor"/> at most.
/// </summary>
internal sealed partial class IssuerKeys
{
    /// <summary>
    /// Tokens name keys before they are verified, so anybody can name unknown ones: the address is asked at most this often for them.
    /// </summary>
    public static readonly TimeSpan UnknownKeyInterval = TimeSpan.FromSeconds(10);

    private static readonly IssuerKeySet None = new([], matchesKeyIds: true);

    private readonly string _issuer;
    private readonly Uri? _address;
    private readonly TimeSpan _keptFor;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private volatile IssuerKeySet _current;
    private string? _text;
    private Task<bool>? _reading;
    private DateTimeOffset? _readAt;
    private DateTimeOffset? _askedAt;

    public IssuerKeys(
        TrustedIssuer issuer,
        AuthOptions options,
        HttpClient http,
        TimeProvider time,
        ILogger logger
    )
    {
        (_issuer, _keptFor, _http, _time, _logger) = (
            issuer.Issuer,
            options.KeysKeptFor,
            http,
            time,
            logger
        );
        if (issuer.KeysUrl.Length > 0)
        {
            _address = new Uri(issuer.KeysUrl);
            _current = None;
        }
        else
        {
            _current = new IssuerKeySet(
                KeyFiles.ReadPublicKeys(issuer.KeyFile),
                matchesKeyIds: false
            );
        }
    }

    /// <summary>Whether there is anything to read again.</summary>
    public bool HaveAddress => _address is not null;

    /// <summary>The keys of now, read again first if none of them has the id.</summary>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.DependencyUnavailable"/>: no key has the id, and the address does not answer, so that nobody can tell
    /// whether the token is good.
    /// </exception>
    public async ValueTask<(IssuerKeySet Set, IReadOnlyList<SecurityKey> Candidates)> FindAsync(
        string? keyId
    )
    {
        var set = _current;
        var candidates = set.Candidates(keyId);
        if (candidates.Count > 0 || _address is null)
        {
            return (set, candidates);
        }
        var isRead = await ReadAtMostEveryAsync(UnknownKeyInterval).ConfigureAwait(false);
        set = _current;
        candidates = set.Candidates(keyId);
        return candidates.Count > 0 || isRead
            ? (set, candidates)
            : throw new DomainException(
                ErrorReason.DependencyUnavailable,
                "The keys of the token's issuer cannot be read at the moment."
            ).With("dependency", "identity");
    }

    /// <summary>Reads the keys again, whenever they were read last.</summary>
    public Task RefreshAsync() => ReadAtMostEveryAsync(TimeSpan.Zero);

    /// <summary>Reads, or waits for who is reading, or gives the outcome of the last time if that is not long ago.</summary>
    private Task<bool> ReadAtMostEveryAsync(TimeSpan interval)
    {
        lock (_gate)
        {
            if (
                _reading is { } reading
                && (!reading.IsCompleted || _time.GetUtcNow() - _askedAt < interval)
            )
            {
                return reading;
            }
            _askedAt = _time.GetUtcNow();
            return _reading = ReadAsync();
        }
    }

    private async Task<bool> ReadAsync()
    {
        // off the lock of whoever started it
        await Task.Yield();
        try
        {
            var (text, keys) = await KeySetDocument
                .ReadAsync(_http, _address!, _issuer, CancellationToken.None)
                .ConfigureAwait(false);
            _readAt = _time.GetUtcNow();
            if (text != _text)
            {
                _text = text;
                Exchange(new IssuerKeySet(keys, matchesKeyIds: true));
                LogRead(_issuer, keys.Count);
            }
            return true;
        }
        catch (Exception exception)
            when (exception
                    is HttpRequestException
                        or OperationCanceledException
                        or InvalidDataException
            )
        {
            LogNotRead(_issuer, exception);
            if (_readAt is { } readAt && _time.GetUtcNow() - readAt > _keptFor)
            {
                _text = null;
                Exchange(None);
            }
            return false;
        }
    }

    // first the new ones, then the end of the old: who sees a retired set finds others here
    private void Exchange(IssuerKeySet next)
    {
        var before = _current;
        _current = next;
        if (before != None)
        {
            before.Retire();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Issuer} has {Count} keys.")]
    private partial void LogRead(string issuer, int count);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The keys of {Issuer} cannot be read; those read before are kept for a time."
    )]
    private partial void LogNotRead(string issuer, Exception exception);
}
