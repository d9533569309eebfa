using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Platform.ServiceDefaults.Limits;

/// <summary>The policy in force. A new file takes its place as a whole, between two calls; one that is broken changes nothing.</summary>
public abstract partial class TierPolicySource<TTier, TLimits> : ITierPolicyReload
    where TTier : class, ITierOptions<TTier, TLimits>, new()
    where TLimits : class
{
    // names come out of tokens: an identity system gone wrong must not fill the memory
    private const int MaxUnknownTiers = 100;

    private readonly TierPolicyOptions<TTier, TLimits> _options;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, bool> _unknownTiers = new(StringComparer.Ordinal);
    private byte[] _file = [];
    private volatile TierPolicy<TTier, TLimits> _current;

    protected TierPolicySource(TierPolicyOptions<TTier, TLimits> options, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        _current = new TierPolicy<TTier, TLimits>(_options.Tiers);
        Reload();
    }

    /// <inheritdoc />
    public TimeSpan? Interval => _options.PolicyFile.Length == 0 ? null : _options.PolicyInterval;

    /// <summary>The limits of a tier, as of now.</summary>
    /// <param name="tier">A name out of a token; empty, and unknown, for the default tier.</param>
    public TLimits Of(string tier)
    {
        var policy = _current;
        if (
            tier.Length > 0
            && !policy.Knows(tier)
            && _unknownTiers.Count < MaxUnknownTiers
            && _unknownTiers.TryAdd(tier, true)
        )
        {
            LogUnknownTier(tier);
        }
        return policy.Of(tier);
    }

    /// <inheritdoc />
    public void Reload()
    {
        if (_options.PolicyFile.Length == 0)
        {
            return;
        }
        try
        {
            var file = File.ReadAllBytes(_options.PolicyFile);
            if (file.AsSpan().SequenceEqual(_file))
            {
                return;
            }
            // also of a broken one: it is told once
            _file = file;
            _current = new TierPolicy<TTier, TLimits>(
                _options.Tiers,
                TierPolicyFile<TTier, TLimits>.Read(file)
            );
            LogInForce(_options.PolicyFile);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogBroken(_options.PolicyFile, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The limits of {File} are in force")]
    private partial void LogInForce(string file);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{File} is no policy of limits; those before it stay in force"
    )]
    private partial void LogBroken(string file, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Tokens name the tier {Tier}, which the policy does not know; the default one counts"
    )]
    private partial void LogUnknownTier(string tier);
}
