using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// Remembers verified tokens until they expire, in two generations: when the young one is full it becomes the old one, and
/// what nobody asked for again is forgotten. Bounded, and reads take no lock.
/// </summary>
internal sealed class VerifiedTokenCache(TimeProvider time)
{
    private const int GenerationSize = 20_000;

    private volatile ConcurrentDictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, Entry> _old = new(StringComparer.Ordinal);

    public bool TryGet(string token, [MaybeNullWhen(false)] out CallerPrincipal principal)
    {
        principal = null;
        var young = _young.TryGetValue(token, out var entry);
        if ((!young && !_old.TryGetValue(token, out entry)) || entry!.Expires < time.GetUtcNow())
        {
            return false;
        }
        if (!young)
        {
            Add(token, entry.Principal, entry.Expires);
        }
        principal = entry.Principal;
        return true;
    }

    public void Add(string token, CallerPrincipal principal, DateTimeOffset expires)
    {
        var young = _young;
        young[token] = new Entry(principal, expires);
        if (young.Count > GenerationSize)
        {
            // two racing writers may both turn the generation over: a token is then verified once more, no harm done
            _old = young;
            _young = new ConcurrentDictionary<string, Entry>(StringComparer.Ordinal);
        }
    }

    private sealed record Entry(CallerPrincipal Principal, DateTimeOffset Expires);
}
