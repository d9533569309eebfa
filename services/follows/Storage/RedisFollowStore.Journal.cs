using System.Runtime.CompilerServices;
using Platform.ServiceDefaults.Errors;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <content>The journal: what is not known to be finished.</content>
public sealed partial class RedisFollowStore
{
    private const int JournalBatch = 100;

    public async IAsyncEnumerable<FollowPair> ReadJournalAsync(
        DateTimeOffset before,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var until = FollowSequence.Of(before);
        // One pipelined round over all buckets; nearly all of them are empty. Each is answered or not for itself: a master of a
        // Cluster that is away holds up its own buckets only.
        var heads = Enumerable
            .Range(0, FollowKeys.Buckets)
            .Select(bucket =>
                redis.RunAsync(
                    database =>
                        database.SortedSetRangeByScoreAsync(
                            _keys.Journal(bucket),
                            stop: until,
                            take: JournalBatch
                        ),
                    cancellationToken
                )
            )
            .ToArray();
        DomainException? failure = null;
        foreach (var head in heads)
        {
            RedisValue[] names = [];
            try
            {
                names = await head;
            }
            catch (DomainException exception)
            {
                failure ??= exception;
            }
            foreach (var name in names)
            {
                yield return FollowKeys.PairOf(name.ToString());
            }
        }
        if (failure is not null)
        {
            throw failure;
        }
    }

    public async Task<(long Entries, DateTimeOffset? Oldest)> ReadJournalStatusAsync(
        CancellationToken cancellationToken
    ) =>
        await redis.RunAsync(
            async database =>
            {
                var buckets = Enumerable.Range(0, FollowKeys.Buckets).Select(_keys.Journal);
                var answers = await Task.WhenAll(
                    buckets.Select(async journal =>
                    {
                        var count = database.SortedSetLengthAsync(journal);
                        var head = await database.SortedSetRangeByRankWithScoresAsync(
                            journal,
                            0,
                            0
                        );
                        return (Count: await count, Head: head);
                    })
                );
                var heads = answers
                    .Where(answer => answer.Head.Length > 0)
                    .Select(answer => answer.Head[0].Score)
                    .ToList();
                return (
                    answers.Sum(answer => answer.Count),
                    heads.Count == 0
                        ? (DateTimeOffset?)null
                        : FollowSequence.TimeOf((long)heads.Min())
                );
            },
            cancellationToken
        );

    public async Task<PendingFollow?> ReadPendingAsync(
        FollowPair pair,
        CancellationToken cancellationToken
    )
    {
        RedisKey[] keys =
        [
            _keys.Following(pair.Follower, pair.Entity.Kind),
            _keys.Journal(FollowKeys.BucketOf(pair.Follower)),
            _keys.Newest(pair.Follower, pair.Entity.Kind),
        ];
        RedisValue[] arguments = [pair.Entity.Id, FollowKeys.PairName(pair)];
        var readAt = time.GetTimestamp();
        var result = await redis.EvaluateAsync(
            FollowScripts.Pending,
            keys,
            arguments,
            cancellationToken
        );
        return PendingFrom(pair, result[0], result[1], result[2], readAt);
    }

    public Task CompleteAsync(PendingFollow pending, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [_keys.Journal(FollowKeys.BucketOf(pending.Pair.Follower))];
        RedisValue[] arguments = [FollowKeys.PairName(pending.Pair), pending.Sequence];
        return redis.EvaluateAsync(FollowScripts.Complete, keys, arguments, cancellationToken);
    }
}
