using System.Globalization;
using System.Runtime.CompilerServices;
using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;
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
public sealed class RedisFollowStore(
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

    // A page of SSCAN may exceed its count by the rest of a hash chain.
    private const int ScanOverrun = 8;
    private const int JournalBatch = 100;
    private const int ReadTogether = 5_000;

    // Sequence numbers are microseconds since then: below 10^15 until 2056, so that every engine writes them without an
    // exponent, and exact in the doubles that scores and Lua count with.
    public static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long a follow counts for the limit of an hour.</summary>
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly FollowKind[] Kinds = Enum.GetValues<FollowKind>();

    // The kinds are numbered from 1; asked of with every check.
    private const int KindSlots = 6;

    // Beyond so many entities it is cheaper to look first whether the member mutes anything.
    private const int FewEntities = 8;

    private readonly FollowKeys _keys = new(redis.KeyPrefix);

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
            SequenceOf(time.GetUtcNow()),
            since is { } known ? SequenceOf(known) : "",
            NewestKept,
            follower,
        ];
        var readAt = time.GetTimestamp();
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Import, keys, arguments),
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
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Apply, keys, arguments),
            cancellationToken
        );
        return (long)result switch
        {
            1 => ApplyOutcome.Applied,
            0 => ApplyOutcome.Overtaken,
            _ => ApplyOutcome.FolloweeDeleted,
        };
    }

    public Task CompleteAsync(PendingFollow pending, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [_keys.Journal(FollowKeys.BucketOf(pending.Pair.Follower))];
        RedisValue[] arguments = [FollowKeys.PairName(pending.Pair), pending.Sequence];
        return redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Complete, keys, arguments),
            cancellationToken
        );
    }

    public async IAsyncEnumerable<FollowPair> ReadJournalAsync(
        DateTimeOffset before,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var until = SequenceOf(before);
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
                    heads.Count == 0 ? (DateTimeOffset?)null : TimeOf((long)heads.Min())
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
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Pending, keys, arguments),
            cancellationToken
        );
        return PendingFrom(pair, result[0], result[1], result[2], readAt);
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
            SequenceOf(time.GetUtcNow()),
        ];
        var readAt = time.GetTimestamp();
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Touch, keys, arguments),
            cancellationToken
        );
        return PendingFrom(pair, result[0], result[1], result[2], readAt)!;
    }

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
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Inspect, keys, arguments),
            cancellationToken
        );
        return new FollowInspection(
            (long)result[0] == 1,
            (long)result[1] == 1,
            (long)result[2] == 1,
            (long)result[3]
        );
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
            SequenceOf(time.GetUtcNow()),
        ];
        var readAt = time.GetTimestamp();
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Block, keys, arguments),
            cancellationToken
        );
        return PendingFrom(pair, result[2], result[3], result[4], readAt);
    }

    public async Task<FollowUsage> ReadUsageAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var from = SequenceOf(time.GetUtcNow() - Hour);
        return await redis.RunAsync(
            async database =>
            {
                // pipelined; all in one bucket
                var following = Kinds
                    .Select(kind => database.SetLengthAsync(_keys.Following(member, kind)))
                    .ToArray();
                var followers = database.SetLengthAsync(_keys.Followers(Followable.Member(member)));
                var hour = database.SortedSetLengthAsync(
                    _keys.Hour(member),
                    from,
                    exclude: Exclude.Start
                );
                var first = await database.SortedSetRangeByScoreWithScoresAsync(
                    _keys.Hour(member),
                    start: from,
                    exclude: Exclude.Start,
                    take: 1
                );
                return new FollowUsage(
                    (await Task.WhenAll(following)).Sum(),
                    await followers,
                    await hour,
                    first is [var entry] ? TimeOf((long)entry.Score) : null
                );
            },
            cancellationToken
        );
    }

    public Task<FollowStanding[]> CheckAsync(
        string member,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync(
            database =>
                entities.Count == 1
                    ? CheckOneAsync(database, member, entities[0])
                    : CheckManyAsync(database, member, entities),
            cancellationToken
        );

    /// <summary>The hot path: as few commands as there are answers, in one flush.</summary>
    private async Task<FollowStanding[]> CheckOneAsync(
        IDatabase database,
        string member,
        Followable entity
    )
    {
        var following = database.SetContainsAsync(_keys.Following(member, entity.Kind), entity.Id);
        var followedBy =
            entity.Kind == FollowKind.Member
                ? database.SetContainsAsync(_keys.Followers(Followable.Member(member)), entity.Id)
                : null;
        var mute = await database.HashGetAsync(_keys.Mutes(member), FollowKeys.EntityName(entity));
        return
        [
            new FollowStanding(
                await following,
                followedBy is not null && await followedBy,
                MuteOf(entity, mute)
            ),
        ];
    }

    private async Task<FollowStanding[]> CheckManyAsync(
        IDatabase database,
        string member,
        IReadOnlyList<Followable> entities
    )
    {
        // One command a kind and direction, and one for the mutes.
        var counts = new int[KindSlots];
        foreach (var entity in entities)
        {
            counts[(int)entity.Kind]++;
        }
        var ids = new RedisValue[KindSlots][];
        var at = new int[KindSlots];
        for (var index = 0; index < entities.Count; index++)
        {
            var kind = (int)entities[index].Kind;
            (ids[kind] ??= new RedisValue[counts[kind]])[at[kind]++] = entities[index].Id;
        }
        var mutesKey = _keys.Mutes(member);
        var following = new Task<bool[]>[KindSlots];
        foreach (var kind in Kinds)
        {
            if (ids[(int)kind] is { } wanted)
            {
                following[(int)kind] = database.SetContainsAsync(
                    _keys.Following(member, kind),
                    wanted
                );
            }
        }
        var followedBy = ids[(int)FollowKind.Member] is { } members
            ? database.SetContainsAsync(_keys.Followers(Followable.Member(member)), members)
            : null;
        var mutes =
            entities.Count <= FewEntities || await database.KeyExistsAsync(mutesKey)
                ? await database.HashGetAsync(
                    mutesKey,
                    [.. entities.Select(entity => (RedisValue)FollowKeys.EntityName(entity))]
                )
                : null;
        var followed = new bool[KindSlots][];
        foreach (var kind in Kinds)
        {
            if (following[(int)kind] is { } answer)
            {
                followed[(int)kind] = await answer;
            }
        }
        var follows = followedBy is null ? null : await followedBy;
        var standings = new FollowStanding[entities.Count];
        System.Array.Clear(at);
        for (var index = 0; index < standings.Length; index++)
        {
            var entity = entities[index];
            var place = at[(int)entity.Kind]++;
            standings[index] = new FollowStanding(
                followed[(int)entity.Kind][place],
                entity.Kind == FollowKind.Member && follows![place],
                mutes is null ? null : MuteOf(entity, mutes[index])
            );
        }
        return standings;
    }

    private Mute? MuteOf(Followable entity, RedisValue value) =>
        value.IsNull ? null
        : RedisMuteStore.Read(entity, value.ToString()) is var mute && mute.Holds(time.GetUtcNow())
            ? mute
        : null;

    public Task<IReadOnlyList<bool>> AreFollowedByAsync(
        string member,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync(
            async database =>
            {
                // One command a kind, all in one bucket.
                var answers = new bool[entities.Count];
                var groups = Enumerable
                    .Range(0, entities.Count)
                    .GroupBy(index => entities[index].Kind);
                await Task.WhenAll(
                    groups.Select(async group =>
                    {
                        int[] indexes = [.. group];
                        var members = await database.SetContainsAsync(
                            _keys.Following(member, group.Key),
                            [.. indexes.Select(index => (RedisValue)entities[index].Id)]
                        );
                        for (var at = 0; at < indexes.Length; at++)
                        {
                            answers[indexes[at]] = members[at];
                        }
                    })
                );
                return (IReadOnlyList<bool>)answers;
            },
            cancellationToken
        );

    public Task<IReadOnlyList<bool>> AreFollowersAsync(
        Followable entity,
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<bool>>(
            async database =>
                members.Count == 0
                    ? []
                    : await database.SetContainsAsync(
                        _keys.Followers(entity),
                        [.. members.Select(member => (RedisValue)member)]
                    ),
            cancellationToken
        );

    public Task<IReadOnlyList<KeyValuePair<FollowKind, long>>> CountFollowingAsync(
        string member,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<KeyValuePair<FollowKind, long>>>(
            async database =>
            {
                var counts = await Task.WhenAll(
                    Kinds.Select(kind => database.SetLengthAsync(_keys.Following(member, kind)))
                );
                return [.. Kinds.Zip(counts, KeyValuePair.Create)];
            },
            cancellationToken
        );

    public Task<IReadOnlyList<long>> CountFollowersAsync(
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<long>>(
            async database =>
                await Task.WhenAll(
                    entities.Select(entity => database.SetLengthAsync(_keys.Followers(entity)))
                ),
            cancellationToken
        );

    public Task<FollowPage> ListFollowingAsync(
        string member,
        FollowKind kind,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            _keys.Following(member, kind),
            _keys.Newest(member, kind),
            recentFirst,
            position,
            size,
            cancellationToken
        );

    public Task<FollowPage> ListFollowersAsync(
        Followable entity,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            _keys.Followers(entity),
            _keys.NewestFollowers(entity),
            recentFirst,
            position,
            size,
            cancellationToken
        );

    private async Task<FollowPage> ListAsync(
        RedisKey set,
        RedisKey newestKey,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    )
    {
        if (!recentFirst || position is ['s', ..])
        {
            return await ReadPageAsync(set, position, size, cancellationToken);
        }
        if (position is ['r', ..])
        {
            return await ReadPageAsync(set, position, size, cancellationToken, newestKey);
        }

        // Sequence numbers are unique within the bucket: a score is a position.
        var below = position is null ? double.PositiveInfinity : NumberOf(position, 'n');
        var newest = await redis.RunAsync(
            database =>
                database.SortedSetRangeByScoreWithScoresAsync(
                    newestKey,
                    start: double.NegativeInfinity,
                    stop: below,
                    exclude: Exclude.Stop,
                    order: Order.Descending,
                    take: size
                ),
            cancellationToken
        );
        var entries = newest
            .Select(entry => new FollowEntry(entry.Element.ToString(), TimeOf((long)entry.Score)))
            .ToList();
        if (entries.Count == size)
        {
            return new FollowPage(
                entries,
                string.Create(CultureInfo.InvariantCulture, $"n{(long)newest[^1].Score}")
            );
        }

        // The newest are through; the rest follows by id. Those that are among the newest now came already, or began after the
        // first page; those that were pushed out before they came are in the rest.
        var rest = await ReadPageAsync(
            set,
            "r",
            size - entries.Count,
            cancellationToken,
            newestKey
        );
        return new FollowPage([.. entries, .. rest.Entries], rest.Next);
    }

    public IAsyncEnumerable<FollowPage> StreamFollowersAsync(
        Followable entity,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) => StreamAsync(_keys.Followers(entity), position, size, cancellationToken);

    public IAsyncEnumerable<FollowPage> StreamFollowingAsync(
        string member,
        FollowKind kind,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) => StreamAsync(_keys.Following(member, kind), position, size, cancellationToken);

    public async Task<IReadOnlyList<string>> ListMembersAsync(
        int bucket,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await ReadAllAsync(_keys.Members(bucket), cancellationToken)).Order(
                StringComparer.Ordinal
            ),
        ];

    public async Task<IReadOnlyList<FollowEntry>> ReadFollowingAsync(
        string member,
        FollowKind kind,
        CancellationToken cancellationToken
    )
    {
        var newest = await redis.RunAsync(
            database => database.SortedSetRangeByRankWithScoresAsync(_keys.Newest(member, kind)),
            cancellationToken
        );
        var times = newest.ToDictionary(
            entry => entry.Element.ToString(),
            entry => TimeOf((long)entry.Score),
            StringComparer.Ordinal
        );
        // What is only among the newest was ended between the two reads.
        var ids = await ReadAllAsync(_keys.Following(member, kind), cancellationToken);
        return
        [
            .. ids.Order(StringComparer.Ordinal)
                .Select(id => new FollowEntry(
                    id,
                    times.TryGetValue(id, out var since) ? since : null
                )),
        ];
    }

    public async Task<IReadOnlyList<Followable>> ListEntitiesAsync(
        int bucket,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await ReadAllAsync(_keys.Entities(bucket), cancellationToken))
                .Order(StringComparer.Ordinal)
                .Select(FollowKeys.EntityOf),
        ];

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
        var stray = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.StrayRecent, keys, arguments),
            cancellationToken
        );
        return (long)stray == 1;
    }

    /// <summary>A whole set, of any size, each id once.</summary>
    private async Task<HashSet<string>> ReadAllAsync(
        RedisKey set,
        CancellationToken cancellationToken
    )
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var page in StreamAsync(set, null, ReadTogether, cancellationToken))
        {
            ids.UnionWith(page.Entries.Select(entry => entry.Id));
        }
        return ids;
    }

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
                ? TimeOf(long.Parse(first, CultureInfo.InvariantCulture))
                : null
        );

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
            SequenceOf(time.GetUtcNow()),
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
        return redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Change, keys, arguments),
            cancellationToken
        );
    }

    private IEnumerable<RedisKey> BoundKeys(string follower) =>
        [
            _keys.Hour(follower),
            .. Kinds.Select(kind => _keys.Following(follower, kind)),
            _keys.Followers(Followable.Member(follower)),
        ];

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

    /// <summary>
    /// Positions: <c>n</c> and the sequence number below which the newest go on (read by the caller); <c>r</c> and the id after which the
    /// rest goes on, without the newest; <c>i</c> and the id after which a whole set goes on; <c>s</c> and a cursor of SSCAN with its run.
    /// </summary>
    private async Task<FollowPage> ReadPageAsync(
        RedisKey set,
        string? position,
        int size,
        CancellationToken cancellationToken,
        RedisKey newest = default
    )
    {
        if (
            position is not ['s', ..]
            && await ReadSnapshotAsync(set, newest, cancellationToken) is { } ids
        )
        {
            return PageOf(ids);
        }

        // A list that outgrew the snapshot between two pages begins again: better twice than never.
        var from = CursorOf(position);
        var (next, scanned) = await ScanAsync(set, from, size, cancellationToken);
        if (IsWhole(from, next, scanned, size))
        {
            Array.Sort(scanned, StringComparer.Ordinal);
            return PageOf(scanned);
        }
        return new FollowPage(Entries(scanned), next?.ToString());

        FollowPage PageOf(string[] all)
        {
            var kind = newest == default(RedisKey) ? 'i' : 'r';
            var after = IdOf(position, kind);
            var start = after.Length == 0 ? 0 : IndexAfter(all, after);
            var count = Math.Min(size, all.Length - start);
            return new FollowPage(
                Entries(all.AsSpan(start, count)),
                start + count < all.Length ? kind + all[start + count - 1] : null
            );
        }
    }

    /// <summary>
    /// Whether a scan answered with the whole set at once, however large: so it does with a set of integers, which Redis keeps in
    /// one piece up to <c>set-max-intset-entries</c>. Such a set is paged by id, like a small one.
    /// </summary>
    private static bool IsWhole(ScanCursor from, ScanCursor? next, string[] scanned, int size) =>
        from == ScanCursor.Start && next is null && scanned.Length > size;

    private async IAsyncEnumerable<FollowPage> StreamAsync(
        RedisKey set,
        string? position,
        int size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (
            position is not ['s', ..]
            && await ReadSnapshotAsync(set, default, cancellationToken) is { } ids
        )
        {
            foreach (var page in PagesOf(ids, position, size))
            {
                yield return page;
            }
            yield break;
        }

        var from = CursorOf(position);
        var reading = ScanAsync(set, from, size, cancellationToken);
        try
        {
            while (true)
            {
                var (next, scanned) = await reading;
                if (IsWhole(from, next, scanned, size))
                {
                    Array.Sort(scanned, StringComparer.Ordinal);
                    foreach (var page in PagesOf(scanned, position, size))
                    {
                        yield return page;
                    }
                    yield break;
                }
                if (next is not { } following)
                {
                    yield return new FollowPage(Entries(scanned), null);
                    yield break;
                }
                // the next piece is read while this one is sent
                from = following;
                reading = ScanAsync(set, from, size, cancellationToken);
                yield return new FollowPage(Entries(scanned), following.ToString());
            }
        }
        finally
        {
            // of a stream that was left; a failure that matters was thrown above
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Pieces of a whole set in the order of ids, after a position; at least one.</summary>
    private static IEnumerable<FollowPage> PagesOf(string[] ids, string? position, int size)
    {
        var after = position is ['s', ..] ? "" : IdOf(position, 'i');
        var start = after.Length == 0 ? 0 : IndexAfter(ids, after);
        do
        {
            var count = Math.Min(size, ids.Length - start);
            var last = start + count == ids.Length;
            yield return new FollowPage(
                Entries(ids.AsSpan(start, count)),
                last ? null : "i" + ids[start + count - 1]
            );
            start += count;
        } while (start < ids.Length);
    }

    /// <summary>The ids of a set (but those of a sorted set) at one moment, in the order of their bytes; null if it is too large.</summary>
    private async Task<string[]?> ReadSnapshotAsync(
        RedisKey set,
        RedisKey newestKey,
        CancellationToken cancellationToken
    )
    {
        if (
            await redis.RunAsync(database => database.SetLengthAsync(set), cancellationToken)
            > snapshotLimit
        )
        {
            return null;
        }
        // The set first: what leaves the newest between the two commands was in the set before, and comes.
        var members = await redis.RunAsync(
            database => database.SetMembersAsync(set),
            cancellationToken
        );
        HashSet<string> left = [];
        if (newestKey != default(RedisKey))
        {
            var newest = await redis.RunAsync(
                database => database.SortedSetRangeByRankAsync(newestKey),
                cancellationToken
            );
            left = [.. newest.Select(member => member.ToString())];
        }
        var ids = members
            .Select(member => member.ToString())
            .Where(id => !left.Contains(id))
            .ToArray();
        Array.Sort(ids, StringComparer.Ordinal);
        return ids;
    }

    private async Task<(ScanCursor? Next, string[] Ids)> ScanAsync(
        RedisKey set,
        ScanCursor cursor,
        int size,
        CancellationToken cancellationToken
    )
    {
        RedisValue[] arguments = [cursor.Value, Math.Max(1, size - ScanOverrun), cursor.Run];
        var result = await redis.RunAsync(
            database => database.ScriptEvaluateAsync(FollowScripts.Scan, [set], arguments),
            cancellationToken
        );
        var next = new ScanCursor((string)result[1]!, (string)result[0]!);
        return (next.Value == ScanCursor.Start.Value ? null : next, (string[])result[2]!);
    }

    private static FollowEntry[] Entries(ReadOnlySpan<string> ids)
    {
        var entries = new FollowEntry[ids.Length];
        for (var index = 0; index < ids.Length; index++)
        {
            entries[index] = new FollowEntry(ids[index], null);
        }
        return entries;
    }

    private static int IndexAfter(string[] ids, string id)
    {
        var index = Array.BinarySearch(ids, id, StringComparer.Ordinal);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>The sequence number that a change of a moment has at least.</summary>
    public static long SequenceOf(DateTimeOffset moment) =>
        (moment - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The inverse of <see cref="SequenceOf"/>.</summary>
    public static DateTimeOffset TimeOf(long sequence) =>
        Epoch.AddTicks(sequence * TimeSpan.TicksPerMicrosecond);

    private static double NumberOf(string position, char kind) =>
        position.StartsWith(kind)
        && long.TryParse(position.AsSpan(1), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw PageToken.Foreign();

    private static string IdOf(string? position, char kind) =>
        position is null ? ""
        : position.StartsWith(kind) ? position[1..]
        : throw PageToken.Foreign();

    private static ScanCursor CursorOf(string? position)
    {
        if (position is not ['s', ..])
        {
            return ScanCursor.Start;
        }
        var dot = position.IndexOf('.', StringComparison.Ordinal);
        return
            dot > 0
            && ulong.TryParse(position.AsSpan(1, dot - 1), CultureInfo.InvariantCulture, out _)
            ? new ScanCursor(position[1..dot], position[(dot + 1)..])
            : throw PageToken.Foreign();
    }

    /// <summary>A cursor of SSCAN and the run of the server that gave it.</summary>
    private readonly record struct ScanCursor(string Value, string Run)
    {
        public static ScanCursor Start => new("0", "");

        public override string ToString() => $"s{Value}.{Run}";
    }
}
