using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Platform.Messaging.Connections;

/// <summary>
/// Pairs of whom connections said yes a short while ago. Only kept while its record of changes is followed: a change of a pair drops it,
/// and when the stream breaks off everything is dropped. A yes that was asked for before a change came is not kept after it.
/// </summary>
public sealed class KnownConnections(IOptions<GateOptions> options, TimeProvider time)
{
    // a hundred bytes each; then it begins anew
    private const int MaxPairs = 100_000;

    private readonly ConcurrentDictionary<string, long> _until = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _generation;
    private volatile bool _isFollowing;

    /// <summary>Whether anything is to be remembered.</summary>
    public bool IsOn => options.Value.CacheTime > TimeSpan.Zero;

    /// <summary>Whether a yes is remembered.</summary>
    public bool IsConnected(string one, string other) =>
        IsOn
        && _isFollowing
        && _until.TryGetValue(KeyOf(one, other), out var until)
        && time.GetTimestamp() < until;

    /// <summary>Before connections is asked; what it gives goes with the answer.</summary>
    public long Ask() => Interlocked.Read(ref _generation);

    /// <summary>Connections said yes.</summary>
    /// <param name="one">One of the pair.</param>
    /// <param name="other">The other.</param>
    /// <param name="asked">What <see cref="Ask"/> gave before.</param>
    public void Note(string one, string other, long asked)
    {
        if (!IsOn || !_isFollowing)
        {
            return;
        }
        var life = (long)(options.Value.CacheTime.TotalSeconds * time.TimestampFrequency);
        lock (_gate)
        {
            // a change of any pair meanwhile may have been of this one
            if (_isFollowing && _generation == asked)
            {
                if (_until.Count >= MaxPairs)
                {
                    _until.Clear();
                }
                _until[KeyOf(one, other)] = time.GetTimestamp() + life;
            }
        }
    }

    /// <summary>Something changed between two.</summary>
    public void Changed(string one, string other)
    {
        lock (_gate)
        {
            _generation++;
            _until.TryRemove(KeyOf(one, other), out _);
        }
    }

    /// <summary>The record is followed from now on.</summary>
    public void Follow()
    {
        lock (_gate)
        {
            if (!_isFollowing)
            {
                _generation++;
                _isFollowing = true;
            }
        }
    }

    /// <summary>The record is not followed any more, or a member is gone.</summary>
    /// <param name="isFollowing">Whether it still is.</param>
    public void Forget(bool isFollowing)
    {
        lock (_gate)
        {
            _generation++;
            _isFollowing &= isFollowing;
            _until.Clear();
        }
    }

    private static string KeyOf(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? $"{one}|{other}" : $"{other}|{one}";
}
