using Platform.Feed.Storage;
using StackExchange.Redis;

namespace Platform.Feed.Timelines;

/// <content>
/// Timelines that were read lately. Whether one is still the same is told by its mark, which a rebuild changes, and by its head: a push
/// changes the first entry, unless it repeats it; then it moves the others. Only the repetition, in their order and with nothing in between,
/// of all that is compared is not seen, and that brings nothing new. What is compared is longer than what may be cut at the end.
/// </content>
public sealed partial class RedisTimelineStore
{
    private const int Head = 2 * TimelineKeys.TrimEvery;

    private readonly RecentItems<string, RememberedTimeline> _remembered = new(
        options.Value.CachedTimelines,
        StringComparer.Ordinal
    );
    private readonly Lock _remembering = new();

    private static async Task<bool> IsStillSoAsync(
        IDatabase database,
        RedisKey key,
        RedisKey markKey,
        RememberedTimeline remembered
    )
    {
        var batch = database.CreateBatch();
        var reading = batch.ListRangeAsync(key, 0, Head - 1);
        var marking = batch.StringGetAsync(markKey);
        batch.Execute();
        var head = await reading;
        return await marking == remembered.Mark && head.AsSpan().SequenceEqual(remembered.Head);
    }

    /// <summary>Null also when it is time to look whether the timeline must be kept alive.</summary>
    private RememberedTimeline? Remembered(string member)
    {
        lock (_remembering)
        {
            return
                _remembered.Find(member) is { } remembered
                && time.GetElapsedTime(remembered.Since) < _keepAliveEvery
                ? remembered
                : null;
        }
    }

    private void Remember(string member, RedisValue[] values, string mark, Timeline timeline)
    {
        var head = values.AsSpan(0, Math.Min(Head, values.Length)).ToArray();
        var remembered = new RememberedTimeline(timeline, head, mark, time.GetTimestamp());
        lock (_remembering)
        {
            _remembered.Set(member, remembered);
        }
    }

    private void Forget(string member)
    {
        lock (_remembering)
        {
            _remembered.Remove(member);
        }
    }

    /// <param name="Mark">As it is stored; empty if there is none.</param>
    /// <param name="Since">When its time to live was looked at; a timestamp.</param>
    private sealed record RememberedTimeline(
        Timeline Timeline,
        RedisValue[] Head,
        string Mark,
        long Since
    );
}
