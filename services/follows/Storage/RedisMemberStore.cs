using Platform.Follows.Entities;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <summary>Settings, blocks and erasures in Redis. Keys: <see cref="FollowKeys"/>.</summary>
public sealed class RedisMemberStore(RedisConnection redis) : IMemberStore
{
    // Up to so many a command each is cheaper than a script, or than a look whether there is anything at all.
    private const int Few = 8;

    private static readonly RedisValue[] Fields = ["v", "a", "d"];

    private readonly FollowKeys _keys = new(redis.KeyPrefix);

    public Task<IReadOnlyList<MemberState>> GetAsync(
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<MemberState>>(
            async database =>
            {
                if (members.Count > Few && !RedisConnection.IsCluster(database))
                {
                    return await GetTogetherAsync(database, members);
                }
                var states = await Task.WhenAll(
                    members.Select(member => database.HashGetAsync(_keys.State(member), Fields))
                );
                return [.. states.Select(state => StateOf(state[0], state[1], state[2].HasValue))];
            },
            cancellationToken
        );

    public async Task<SettingsWrite> UpdateAsync(
        SettingsChange change,
        CancellationToken cancellationToken
    )
    {
        var bucket = FollowKeys.BucketOf(change.Member);
        RedisKey[] keys =
        [
            _keys.State(change.Member),
            _keys.Request(bucket, change.Member, change.RequestId),
            _keys.Sequence(bucket),
        ];
        RedisValue[] arguments =
        [
            change.CountVisibility is { } visibility ? (int)visibility : "",
            change.Audience is { } audience ? (int)audience : "",
            change.RequestId.Length == 0 ? "" : change.Fingerprint,
            (long)RedisFollowStore.RequestLife.TotalSeconds,
        ];
        var result = await redis.EvaluateAsync(
            FollowScripts.Settings,
            keys,
            arguments,
            cancellationToken
        );
        var outcome = (string?)result[0] switch
        {
            "changed" => SettingsOutcome.Changed,
            "deleted" => SettingsOutcome.MemberDeleted,
            "reused" => SettingsOutcome.RequestIdReused,
            var other => throw new InvalidOperationException($"The script answered '{other}'."),
        };
        return new SettingsWrite(
            outcome,
            StateOf((RedisValue)result[1], (RedisValue)result[2], isDeleted: false),
            (long)result[3]
        );
    }

    public Task<IReadOnlyList<bool>> AreBlockedAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    ) =>
        redis.RunAsync<IReadOnlyList<bool>>(
            async database =>
            {
                if (others.Count == 0)
                {
                    return [];
                }
                var key = _keys.Blocks(member);
                // hardly anybody has any
                if (others.Count > Few && !await database.KeyExistsAsync(key))
                {
                    return new bool[others.Count];
                }
                var blocks = await database.HashGetAsync(
                    key,
                    [
                        .. others.SelectMany(other =>
                            new RedisValue[]
                            {
                                FollowKeys.BlockName(other, byMember: true),
                                FollowKeys.BlockName(other, byMember: false),
                            }
                        ),
                    ]
                );
                return
                [
                    .. others.Select(
                        (_, index) => Stands(blocks[2 * index]) || Stands(blocks[(2 * index) + 1])
                    ),
                ];
            },
            cancellationToken
        );

    public Task MarkDeletedAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(
            database => database.HashSetAsync(_keys.State(member), "d", "1"),
            cancellationToken
        );

    public async Task<bool> ForgetAsync(string member, CancellationToken cancellationToken)
    {
        var self = Followable.Member(member);
        var bucket = FollowKeys.BucketOf(member);
        RedisKey[] keys =
        [
            _keys.State(member),
            _keys.Mutes(member),
            _keys.Hour(member),
            _keys.Members(bucket),
            _keys.Blocks(member),
            _keys.Entities(bucket),
            _keys.NewestFollowers(self),
            _keys.Followers(self),
            .. Enum.GetValues<FollowKind>().Select(kind => _keys.Following(member, kind)),
        ];
        var result = await redis.EvaluateAsync(
            FollowScripts.Forget,
            keys,
            [member],
            cancellationToken
        );
        return (long)result == 1;
    }

    public Task RememberErasureAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.SetAddAsync(_keys.Erasures, member), cancellationToken);

    public async Task<IReadOnlyList<string>> SampleErasuresAsync(
        int most,
        CancellationToken cancellationToken
    )
    {
        var sample = await redis.RunAsync(
            database => database.SetRandomMembersAsync(_keys.Erasures, most),
            cancellationToken
        );
        return [.. sample.Select(member => member.ToString())];
    }

    public Task EndErasureAsync(string member, CancellationToken cancellationToken) =>
        redis.RunAsync(
            database => database.SetRemoveAsync(_keys.Erasures, member),
            cancellationToken
        );

    /// <summary>
    /// One command for all: their keys lie in as many buckets, which share a server only where there is no Cluster. Hardly any member
    /// has a state, and only of those who do the script says anything.
    /// </summary>
    private async Task<MemberState[]> GetTogetherAsync(
        IDatabase database,
        IReadOnlyList<string> members
    )
    {
        var found = (RedisResult[])
            (
                await database.ScriptEvaluateAsync(
                    MemberScripts.States,
                    [.. members.Select(_keys.State)]
                )
            )!;
        var states = new MemberState[members.Count];
        Array.Fill(states, MemberState.Default);
        for (var at = 0; at < found.Length; at += 1 + Fields.Length)
        {
            states[(int)found[at] - 1] = StateOf(
                (RedisValue)found[at + 1],
                (RedisValue)found[at + 2],
                ((RedisValue)found[at + 3]).Length() > 0
            );
        }
        return states;
    }

    private static bool Stands(RedisValue block) =>
        block.HasValue && block.ToString().StartsWith('b');

    private static MemberState StateOf(
        RedisValue visibility,
        RedisValue audience,
        bool isDeleted
    ) =>
        new(
            visibility.IsNullOrEmpty
                ? MemberState.Default.CountVisibility
                : (FollowerCountVisibility)(int)visibility,
            audience.IsNullOrEmpty ? MemberState.Default.Audience : (FollowAudience)(int)audience,
            isDeleted
        );
}
