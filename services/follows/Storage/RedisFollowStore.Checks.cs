using Platform.Follows.Entities;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <content>What stands between members and entities, and how much of it there is.</content>
public sealed partial class RedisFollowStore
{
    // The kinds are numbered from 1; asked of with every check.
    private const int KindSlots = 6;

    // Beyond so many entities it is cheaper to look first whether the member mutes anything.
    private const int FewEntities = 8;

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

    /// <summary>The hot path: as few commands as there are answers, sent together. A script costs Redis more (decision 15).</summary>
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

    public Task<FollowingState> ReadFollowingStateAsync(
        string member,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync(
            async database =>
            {
                // pipelined; all in one bucket
                var counts = Task.WhenAll(
                    Kinds.Select(kind => database.SetLengthAsync(_keys.Following(member, kind)))
                );
                var newest = await Task.WhenAll(
                    Kinds.Select(kind =>
                        database.SortedSetRangeByRankWithScoresAsync(
                            _keys.Newest(member, kind),
                            0,
                            0,
                            Order.Descending
                        )
                    )
                );
                return new FollowingState(
                    [.. Kinds.Zip(await counts, KeyValuePair.Create)],
                    [.. newest.Select(head => head is [var entry] ? (long)entry.Score : 0)]
                );
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

    public async Task<FollowUsage> ReadUsageAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var from = FollowSequence.Of(time.GetUtcNow() - Hour);
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
                    first is [var entry] ? FollowSequence.TimeOf((long)entry.Score) : null
                );
            },
            cancellationToken
        );
    }
}
