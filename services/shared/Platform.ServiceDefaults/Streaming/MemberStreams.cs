using System.Collections.Concurrent;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>The open streams of this process, by member.</summary>
/// <param name="mostOfAMember">How many a member may have at a time.</param>
public sealed class MemberStreams<TStream>(int mostOfAMember)
    where TStream : class
{
    private readonly ConcurrentDictionary<string, TStream[]> _streams = new(StringComparer.Ordinal);

    /// <summary>How many are open.</summary>
    public int Count => _streams.Values.Sum(streams => streams.Length);

    public bool IsEmpty => _streams.IsEmpty;

    /// <summary>All of them as they are now.</summary>
    public KeyValuePair<string, TStream[]>[] All => _streams.ToArray();

    /// <summary>A member's.</summary>
    public IReadOnlyList<TStream> Of(string memberId) =>
        _streams.TryGetValue(memberId, out var streams) ? streams : [];

    /// <exception cref="DomainException"><see cref="ErrorReason.RateLimited"/>: the member has as many as may be.</exception>
    public void Add(string memberId, TStream stream)
    {
        var streams = _streams.AddOrUpdate(
            memberId,
            _ => [stream],
            (_, present) => present.Length < mostOfAMember ? [.. present, stream] : present
        );
        if (!streams.Contains(stream))
        {
            throw new DomainException(
                ErrorReason.RateLimited,
                $"A member has at most {mostOfAMember} streams at a time."
            )
                .WithQuota($"member:{memberId}", $"at most {mostOfAMember} streams at a time")
                .WithRetryAfter(TimeSpan.FromSeconds(1));
        }
    }

    /// <returns>Whether it was the member's last.</returns>
    public bool Remove(string memberId, TStream stream)
    {
        while (_streams.TryGetValue(memberId, out var present))
        {
            TStream[] rest = [.. present.Where(one => one != stream)];
            if (rest.Length > 0 && _streams.TryUpdate(memberId, rest, present))
            {
                return false;
            }
            if (
                rest.Length == 0
                && _streams.TryRemove(new KeyValuePair<string, TStream[]>(memberId, present))
            )
            {
                return true;
            }
        }
        return false;
    }
}
