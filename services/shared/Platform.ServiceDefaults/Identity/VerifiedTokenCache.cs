using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Platform.ServiceDefaults.Identity;

/// <summary>
/// Remembers verified tokens until they expire or the keys of their issuer change, in two generations: when the young one is full it becomes the old one, and
/// what nobody asked for again is forgotten. Bounded, and reads take no lock.
/// </summary>
internal sealed class VerifiedTokenCache(TimeProvider time)
{
    private const int GenerationSize = 20_000;

    private volatile Generation _young = new();
    private volatile Generation _old = new();

    public bool TryGet(
        ReadOnlySpan<char> token,
        [MaybeNullWhen(false)] out CallerPrincipal principal
    )
    {
        principal = null;
        var young = _young.TryGet(token, out var entry);
        if (
            (!young && !_old.TryGet(token, out entry))
            || entry!.Keys.IsRetired
            || entry.Expires < time.GetUtcNow()
        )
        {
            return false;
        }
        if (!young)
        {
            Add(new string(token), entry.Principal, entry.Keys, entry.Expires);
        }
        principal = entry.Principal;
        return true;
    }

    public void Add(
        string token,
        CallerPrincipal principal,
        IssuerKeySet keys,
        DateTimeOffset expires
    )
    {
        var young = _young;
        if (young.Add(token, new Entry(principal, keys, expires)) > GenerationSize)
        {
            // two racing writers may both turn the generation over: a token is then verified once more, no harm done
            _old = young;
            _young = new Generation();
        }
    }

    private sealed record Entry(
        CallerPrincipal Principal,
        IssuerKeySet Keys,
        DateTimeOffset Expires
    );

    private sealed class Generation
    {
        private readonly ConcurrentDictionary<string, Entry> _entries;
        private readonly ConcurrentDictionary<string, Entry>.AlternateLookup<
            ReadOnlySpan<char>
        > _lookup;

        public Generation()
        {
            _entries = new ConcurrentDictionary<string, Entry>(TokenComparer.Instance);
            _lookup = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public bool TryGet(ReadOnlySpan<char> token, [MaybeNullWhen(false)] out Entry entry) =>
            _lookup.TryGetValue(token, out entry);

        /// <returns>How many there are.</returns>
        public int Add(string token, Entry entry)
        {
            _entries[token] = entry;
            return _entries.Count;
        }
    }

    /// <summary>
    /// Tokens end with their signatures, so a hash of the end will do. Only verified tokens are kept: nobody without a key can
    /// crowd one place.
    /// </summary>
    private sealed class TokenComparer
        : IEqualityComparer<string>,
            IAlternateEqualityComparer<ReadOnlySpan<char>, string>
    {
        public static readonly TokenComparer Instance = new();

        private const int Hashed = 16;

        public bool Equals(string? one, string? other) =>
            string.Equals(one, other, StringComparison.Ordinal);

        public bool Equals(ReadOnlySpan<char> one, string other) => one.SequenceEqual(other);

        public int GetHashCode(string token) => GetHashCode(token.AsSpan());

        public int GetHashCode(ReadOnlySpan<char> token) =>
            string.GetHashCode(token[Math.Max(0, token.Length - Hashed)..]);

        public string Create(ReadOnlySpan<char> token) => new(token);
    }
}
