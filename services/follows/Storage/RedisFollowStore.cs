using System.Globalization;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.ServiceDefaults.Errors;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <summary>
/// Follows in Redis, standalone or Cluster, or in Garnet. Keys: <see cref="FollowKeys"/>.
/// </summary>
/// <remarks>
/// <para>
/// Why both directions agree in the end, whatever is lost, repeated or overtaken:
/// </para>
/// <list type="number">
/// <item>All changes of a pair happen in the follower's bucket, one after another, and number themselves upwards there. So the truth
/// after change n is one fixed value, and a pending inverse (truth, n) that anybody holds is right for n.</item>
/// <item>A change and its journal entry are one step (on Garnet at least: the entry is never later than the truth). The entry goes only
/// when it still carries the number whose inverse was applied and acknowledged. So the entry of the last change n
/// stays until (truth, n) has been applied; a crash anywhere leaves it to the worker.</item>
/// <item>What remains is a late arrival: (truth, m) of an earlier change m, sent by a slow process, arriving after
/// (truth, n). The guard beside the inverse set holds n, and m &lt; n is ignored. The same number may be applied again: it says the
/// same.</item>
/// <item>The guard expires after <see cref="GuardLife"/>, so that it costs memory only for what changed lately. A truth is not sent any
/// more once it is <see cref="MaxTruthAge"/> old, and a command that was sent is answered or given up with its
/// connection within seconds; the gap between the two spans is more than four minutes.</item>
/// </list>
/// </remarks>
public sealed partial class RedisFollowStore(
    RedisConnection redis,
    TimeProvider time,
    int snapshotLimit = RedisFollowStore.SnapshotLimit
) : IFollowStore
{
    /// <summary>How long a guard is kept after its inverse was applied.</summary>
    public static readonly TimeSpan GuardLife = TimeSpan.FromMinutes(5);

    /// <summary>How old the truth of a pending inverse may be when it is applied.</summary>
    public static readonly TimeSpan MaxTruthAge = TimeSpan.FromSeconds(15);

    /// <summary>How long a request id is remembered.</summary>
    public static readonly TimeSpan RequestLife = TimeSpan.FromHours(24);

    /// <summary>How many of the newest are kept in order, with their times.</summary>
    public const int NewestKept = 100;

    /// <summary>
    /// Up to this many, a set is read in one command, which is one moment (about 4 ms of Redis' thread), and sorted here;
    /// beyond it with SSCAN.
    /// </summary>
    public const int SnapshotLimit = 20_000;

    /// <summary>How long a follow counts for the limit of an hour.</summary>
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly FollowKind[] Kinds = Enum.GetValues<FollowKind>();

    private readonly FollowKeys _keys = new(redis.KeyPrefix);
    private readonly RedisFollowSets _sets = new(redis, snapshotLimit);

    public async Task<FollowWrite> ChangeAsync(
        FollowChange change,
        CancellationToken cancellationToken
    )
    {
        var readAt = time.GetTimestamp();
        var result = await RunChangeAsync(change, cancellationToken);
        return WriteFrom(change.Pair, result, readAt) with
        {
            Usage = change.Bounds is null ? null : UsageFrom((RedisResult[])result!),
        };
    }

    public async Task<FollowWrite> ImportAsync(
        FollowPair pair,
        DateTimeOffset? since,
        CancellationToken cancellationToken
    )
    {
        var (follower, entity) = pair;
        var bucket = FollowKeys.BucketOf(follower);
        RedisKey[] keys =
        [
            _keys.Following(follower, entity.Kind),
            _keys.Newest(follower, entity.Kind),
            _keys.Journal(bucket),
            _keys.Sequence(bucket),
            _keys.Blocks(follower),
            _keys.Members(bucket),
            _keys.Record(bucket),
            _keys.State(follower),
        ];
        RedisValue[] arguments =
        [
            entity.Id,
            FollowKeys.PairName(pair),
            FollowSequence.Of(time.GetUtcNow()),
            since is { } known ? FollowSequence.Of(known) : "",
            NewestKept,
            follower,
        ];
        var readAt = time.GetTimestamp();
        var result = await redis.EvaluateAsync(
            FollowScripts.Import,
            keys,
            arguments,
            cancellationToken
        );
        return WriteFrom(pair, result, readAt);
    }

    public async Task<ApplyOutcome> ApplyAsync(
        PendingFollow pending,
        CancellationToken cancellationToken
    )
    {
        if (time.GetElapsedTime(pending.ReadAt) > MaxTruthAge)
        {
            // Not a fault: the journal entry stands, the worker reads the truth again.
            throw new DomainException(
                ErrorReason.StoreUnavailable,
                "The follow could not be finished in time; it will be."
            );
        }
        var entity = pending.Pair.Entity;
        RedisKey[] keys =
        [
            _keys.Followers(entity),
            _keys.Guard(pending.Pair),
            _keys.NewestFollowers(entity),
            _keys.Entities(FollowKeys.BucketOf(entity)),
            _keys.Erasable(entity),
        ];
        RedisValue[] arguments =
        [
            pending.Sequence,
            pending.Following ? "1" : "0",
            pending.Pair.Follower,
            (long)GuardLife.TotalSeconds,
            pending.Since is { } since ? since : "",
            NewestKept,
            FollowKeys.EntityName(entity),
        ];
        var result = await redis.EvaluateAsync(
            FollowScripts.Apply,
            keys,
            arguments,
            cancellationToken
        );
        return (long)result switch
        {
            1 => ApplyOutcome.Applied,
            0 => ApplyOutcome.Overtaken,
            _ => ApplyOutcome.FolloweeDeleted,
        };
    }

    public async Task<PendingFollow?> SetBlockAsync(
        BlockChange change,
        CancellationToken cancellationToken
    )
    {
        var (follower, followee) = (change.Follower, change.Followee);
        var pair = new FollowPair(follower, Followable.Member(followee));
        var bucket = FollowKeys.BucketOf(follower);
        RedisKey[] keys =
        [
            _keys.Following(follower, FollowKind.Member),
            _keys.Newest(follower, FollowKind.Member),
            _keys.Journal(bucket),
            _keys.Sequence(bucket),
            _keys.Blocks(follower),
            _keys.Record(bucket),
        ];
        RedisValue[] arguments =
        [
            FollowKeys.BlockName(followee, change.ByFollower),
            change.State == BlockState.Blocked ? "b" : "u",
            change.Sequence,
            followee,
            FollowKeys.PairName(pair),
            FollowSequence.Of(time.GetUtcNow()),
        ];
        var readAt = time.GetTimestamp();
        var result = await redis.EvaluateAsync(
            FollowScripts.Block,
            keys,
            arguments,
            cancellationToken
        );
        return PendingFrom(pair, result[2], result[3], result[4], readAt);
    }

    private Task<RedisResult> RunChangeAsync(
        FollowChange change,
        CancellationToken cancellationToken
    )
    {
        var (follower, entity) = change.Pair;
        var bucket = FollowKeys.BucketOf(follower);
        var bounds = change.Follow ? change.Bounds : null;
        RedisKey[] keys =
        [
            _keys.Following(follower, entity.Kind),
            _keys.Newest(follower, entity.Kind),
            _keys.Journal(bucket),
            _keys.Sequence(bucket),
            _keys.Request(bucket, change.Actor, change.RequestId),
            _keys.Blocks(follower),
            _keys.Members(bucket),
            _keys.Record(bucket),
            _keys.State(follower),
            .. bounds is null ? [] : BoundKeys(follower),
        ];
        RedisValue[] arguments =
        [
            change.Follow ? "1" : "0",
            entity.Id,
            FollowKeys.PairName(change.Pair),
            FollowSequence.Of(time.GetUtcNow()),
            change.RequestId.Length == 0 ? "" : change.Fingerprint,
            (long)RequestLife.TotalSeconds,
            NewestKept,
            follower,
            bounds?.Follows is { } follows ? follows : "",
            bounds?.FollowersPercent ?? 0,
            bounds?.Hourly is { } hourly ? hourly : "",
            Hour.Ticks / TimeSpan.TicksPerMicrosecond,
            change.IsRefused ? "1" : "0",
        ];
        return redis.EvaluateAsync(FollowScripts.Change, keys, arguments, cancellationToken);
    }

    private IEnumerable<RedisKey> BoundKeys(string follower) =>
        [
            _keys.Hour(follower),
            .. Kinds.Select(kind => _keys.Following(follower, kind)),
            _keys.Followers(Followable.Member(follower)),
        ];

    private static FollowWrite WriteFrom(FollowPair pair, RedisResult result, long readAt)
    {
        var pending = PendingFrom(pair, result[2], result[3], result[4], readAt);
        var revision = (long)result[1];
        return (string?)result[0] switch
        {
            "changed" => new FollowWrite(FollowOutcome.Changed, revision, pending),
            "same" => new FollowWrite(FollowOutcome.Unchanged, revision, pending),
            "differs" => new FollowWrite(FollowOutcome.Different, revision, pending),
            "blocked" => new FollowWrite(FollowOutcome.Blocked, 0, null),
            "refused" => new FollowWrite(FollowOutcome.Refused, 0, null),
            "deleted" => new FollowWrite(FollowOutcome.FollowerDeleted, 0, null),
            "limit" => new FollowWrite(FollowOutcome.LimitReached, 0, null),
            "rate" => new FollowWrite(FollowOutcome.RateReached, 0, null),
            "reused" => new FollowWrite(FollowOutcome.RequestIdReused, 0, null),
            var other => throw new InvalidOperationException($"The script answered '{other}'."),
        };
    }

    private static FollowUsage UsageFrom(RedisResult[] result) =>
        new(
            (long)result[5],
            (long)result[6],
            (long)result[7],
            (string?)result[8] is { Length: > 0 } first
                ? FollowSequence.TimeOf(long.Parse(first, CultureInfo.InvariantCulture))
                : null
        );

    /// <param name="readAt">From before the script was sent, so that the truth is never younger than it looks.</param>
    private static PendingFollow? PendingFrom(
        FollowPair pair,
        RedisResult following,
        RedisResult sequence,
        RedisResult since,
        long readAt
    ) =>
        (string?)sequence is { Length: > 0 } text
            ? new PendingFollow(
                pair,
                (long)following == 1,
                long.Parse(text, CultureInfo.InvariantCulture),
                (string?)since is { Length: > 0 } began
                    ? long.Parse(began, CultureInfo.InvariantCulture)
                    : null,
                readAt
            )
            : null;
}
