using Platform.Follows.Entities;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <content>Lists, page by page and whole.</content>
public sealed partial class RedisFollowStore
{
    public Task<FollowPage> ListFollowingAsync(
        string member,
        FollowKind kind,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) =>
        _sets.ListAsync(
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
        _sets.ListAsync(
            _keys.Followers(entity),
            _keys.NewestFollowers(entity),
            recentFirst,
            position,
            size,
            cancellationToken
        );

    public IAsyncEnumerable<FollowPage> StreamFollowersAsync(
        Followable entity,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) => _sets.StreamAsync(_keys.Followers(entity), position, size, cancellationToken);

    public IAsyncEnumerable<FollowPage> StreamFollowingAsync(
        string member,
        FollowKind kind,
        string? position,
        int size,
        CancellationToken cancellationToken
    ) => _sets.StreamAsync(_keys.Following(member, kind), position, size, cancellationToken);

    public async Task<IReadOnlyList<string>> ListMembersAsync(
        int bucket,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await _sets.ReadAllAsync(_keys.Members(bucket), cancellationToken)).Order(
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
            entry => FollowSequence.TimeOf((long)entry.Score),
            StringComparer.Ordinal
        );
        // What is only among the newest was ended between the two reads.
        var ids = await _sets.ReadAllAsync(_keys.Following(member, kind), cancellationToken);
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
            .. (await _sets.ReadAllAsync(_keys.Entities(bucket), cancellationToken))
                .Order(StringComparer.Ordinal)
                .Select(FollowKeys.EntityOf),
        ];
}
