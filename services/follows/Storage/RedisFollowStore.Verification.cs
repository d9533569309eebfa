using Platform.Follows.Entities;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <content>What verification and repair ask.</content>
public sealed partial class RedisFollowStore
{
    public async Task<FollowInspection> InspectAsync(
        FollowPair pair,
        CancellationToken cancellationToken
    )
    {
        var bucket = FollowKeys.BucketOf(pair.Follower);
        RedisKey[] keys =
        [
            _keys.Following(pair.Follower, pair.Entity.Kind),
            _keys.Journal(bucket),
            _keys.Blocks(pair.Follower),
            _keys.Sequence(bucket),
        ];
        RedisValue[] arguments = [pair.Entity.Id, FollowKeys.PairName(pair)];
        var result = await redis.EvaluateAsync(
            FollowScripts.Inspect,
            keys,
            arguments,
            cancellationToken
        );
        return new FollowInspection(
            (long)result[0] == 1,
            (long)result[1] == 1,
            (long)result[2] == 1,
            (long)result[3]
        );
    }

    public async Task<PendingFollow> TouchAsync(
        FollowPair pair,
        CancellationToken cancellationToken
    )
    {
        var bucket = FollowKeys.BucketOf(pair.Follower);
        RedisKey[] keys =
        [
            _keys.Following(pair.Follower, pair.Entity.Kind),
            _keys.Journal(bucket),
            _keys.Newest(pair.Follower, pair.Entity.Kind),
            _keys.Sequence(bucket),
        ];
        RedisValue[] arguments =
        [
            pair.Entity.Id,
            FollowKeys.PairName(pair),
            FollowSequence.Of(time.GetUtcNow()),
        ];
        var readAt = time.GetTimestamp();
        var result = await redis.EvaluateAsync(
            FollowScripts.Touch,
            keys,
            arguments,
            cancellationToken
        );
        return PendingFrom(pair, result[0], result[1], result[2], readAt)!;
    }

    public Task<IReadOnlyList<bool>> HaveInversesAsync(
        IReadOnlyList<FollowPair> pairs,
        CancellationToken cancellationToken
    ) => HoldAsync(pairs, pair => (_keys.Followers(pair.Entity), pair.Follower), cancellationToken);

    public Task<IReadOnlyList<bool>> AreFollowingAsync(
        IReadOnlyList<FollowPair> pairs,
        CancellationToken cancellationToken
    ) =>
        HoldAsync(
            pairs,
            pair => (_keys.Following(pair.Follower, pair.Entity.Kind), pair.Entity.Id),
            cancellationToken
        );

    /// <summary>A command a pair, in all their buckets, pipelined.</summary>
    private Task<IReadOnlyList<bool>> HoldAsync(
        IReadOnlyList<FollowPair> pairs,
        Func<FollowPair, (RedisKey Set, string Id)> place,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<bool>>(
            async database =>
                await Task.WhenAll(
                    pairs.Select(pair =>
                    {
                        var (set, id) = place(pair);
                        return database.SetContainsAsync(set, id);
                    })
                ),
            cancellationToken
        );

    public Task<IReadOnlyList<string>> ReadNewestFollowingAsync(
        string member,
        FollowKind kind,
        CancellationToken cancellationToken
    ) => ReadNewestAsync(_keys.Newest(member, kind), cancellationToken);

    public Task<IReadOnlyList<string>> ReadNewestFollowersAsync(
        Followable entity,
        CancellationToken cancellationToken
    ) => ReadNewestAsync(_keys.NewestFollowers(entity), cancellationToken);

    private async Task<IReadOnlyList<string>> ReadNewestAsync(
        RedisKey newest,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await redis.RunAsync(
                    database => database.SortedSetRangeByRankAsync(newest),
                    cancellationToken
                )
            ).Select(id => id.ToString()),
        ];

    public async Task<bool> IsStrayRecentAsync(
        FollowPair pair,
        bool ofFollowing,
        bool drop,
        CancellationToken cancellationToken
    )
    {
        var (follower, entity) = pair;
        RedisKey[] keys = ofFollowing
            ? [_keys.Following(follower, entity.Kind), _keys.Newest(follower, entity.Kind)]
            : [_keys.Followers(entity), _keys.NewestFollowers(entity)];
        RedisValue[] arguments = [ofFollowing ? entity.Id : follower, drop ? "1" : "0"];
        var stray = await redis.EvaluateAsync(
            FollowScripts.StrayRecent,
            keys,
            arguments,
            cancellationToken
        );
        return (long)stray == 1;
    }
}
