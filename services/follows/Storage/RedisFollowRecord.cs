using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <summary>The record of changes in Redis. Keys: <see cref="FollowKeys"/>.</summary>
public sealed class RedisFollowRecord(RedisConnection redis) : IFollowRecord
{
    // So many buckets are asked at once: the whole round is a few milliseconds of Redis' time, which others must not wait for.
    private const int AskedTogether = 128;

    private readonly FollowKeys _keys = new(redis.KeyPrefix);

    public async Task<IReadOnlyList<long>> ReadTipsAsync(
        IReadOnlyList<int> buckets,
        CancellationToken cancellationToken
    )
    {
        var tips = new List<long>(buckets.Count);
        foreach (var some in buckets.Chunk(AskedTogether))
        {
            var read = await redis.RunAsync(
                database =>
                    Task.WhenAll(
                        some.Select(bucket => database.StringGetAsync(_keys.Sequence(bucket)))
                    ),
                cancellationToken
            );
            tips.AddRange(read.Select(tip => tip.IsNull ? 0 : (long)tip));
        }
        return tips;
    }

    public async Task<IReadOnlyList<IReadOnlyList<RecordedFollow>>> ReadAsync(
        IReadOnlyList<(int Bucket, long After)> places,
        int most,
        CancellationToken cancellationToken
    )
    {
        var answers = new List<IReadOnlyList<RecordedFollow>>(places.Count);
        foreach (var some in places.Chunk(AskedTogether))
        {
            var read = await redis.RunAsync(
                database =>
                    Task.WhenAll(
                        some.Select(place =>
                            database.SortedSetRangeByScoreWithScoresAsync(
                                _keys.Record(place.Bucket),
                                start: (2 * place.After) + 1,
                                exclude: Exclude.Start,
                                take: most
                            )
                        )
                    ),
                cancellationToken
            );
            answers.AddRange(
                read.Select(entries =>
                    (IReadOnlyList<RecordedFollow>)[.. entries.Select(RecordedOf)]
                )
            );
        }
        return answers;
    }

    public async Task<long> TrimAsync(long before, CancellationToken cancellationToken)
    {
        var dropped = 0L;
        foreach (var some in Enumerable.Range(0, FollowKeys.Buckets).Chunk(AskedTogether))
        {
            var counts = await redis.RunAsync(
                database =>
                    Task.WhenAll(
                        some.Select(bucket =>
                            database.SortedSetRemoveRangeByScoreAsync(
                                _keys.Record(bucket),
                                double.NegativeInfinity,
                                2 * before,
                                Exclude.Stop
                            )
                        )
                    ),
                cancellationToken
            );
            dropped += counts.Sum();
        }
        return dropped;
    }

    private static RecordedFollow RecordedOf(SortedSetEntry entry)
    {
        var name = entry.Element.ToString();
        var score = (long)entry.Score;
        return new RecordedFollow(
            FollowKeys.PairOf(name[1..]),
            IsMute: name[0] == 'm',
            Holds: score % 2 == 1,
            Sequence: score / 2
        );
    }
}
