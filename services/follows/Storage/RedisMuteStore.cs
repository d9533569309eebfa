using System.Globalization;
using Platform.Follows.Entities;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Follows.Storage;

/// <summary>Mutes in Redis. Keys: <see cref="FollowKeys"/>.</summary>
public sealed class RedisMuteStore(RedisConnection redis, TimeProvider time) : IMuteStore
{
    private readonly FollowKeys _keys = new(redis.KeyPrefix);

    public async Task<MuteWrite> ChangeAsync(
        MuteChange change,
        long most,
        CancellationToken cancellationToken
    )
    {
        var member = change.Member;
        var bucket = FollowKeys.BucketOf(member);
        var now = time.GetUtcNow();
        RedisKey[] keys =
        [
            _keys.Mutes(member),
            _keys.Sequence(bucket),
            _keys.Record(bucket),
            _keys.Request(bucket, member, change.RequestId),
            _keys.State(member),
        ];
        RedisValue[] arguments =
        [
            change.Scope is null ? "0" : "1",
            FollowKeys.EntityName(change.Entity),
            (int)(change.Scope ?? 0),
            change.End?.ToUnixTimeMilliseconds() ?? 0,
            FollowKeys.PairName(new FollowPair(member, change.Entity)),
            FollowSequence.Of(now),
            now.ToUnixTimeMilliseconds(),
            change.RequestId.Length == 0 ? "" : change.Fingerprint,
            (long)RedisFollowStore.RequestLife.TotalSeconds,
            most,
        ];
        var result = await redis.EvaluateAsync(
            FollowScripts.Mute,
            keys,
            arguments,
            cancellationToken
        );
        var outcome = (string?)result[0] switch
        {
            "changed" => MuteOutcome.Changed,
            "same" => MuteOutcome.NotMuted,
            "limit" => MuteOutcome.LimitReached,
            "deleted" => MuteOutcome.MemberDeleted,
            "reused" => MuteOutcome.RequestIdReused,
            var other => throw new InvalidOperationException($"The script answered '{other}'."),
        };
        return new MuteWrite(
            outcome,
            (long)result[1],
            (string?)result[2] is { Length: > 0 } value ? Read(change.Entity, value) : null
        );
    }

    public async Task<IReadOnlyList<Mute>> ReadAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var entries = await redis.RunAsync(
            database => database.HashGetAllAsync(_keys.Mutes(member)),
            cancellationToken
        );
        var now = time.GetUtcNow();
        return
        [
            .. entries
                .Select(entry =>
                    Read(FollowKeys.EntityOf(entry.Name.ToString()), entry.Value.ToString())
                )
                .Where(mute => mute.Holds(now))
                .OrderBy(mute => mute.Entity.Kind)
                .ThenBy(mute => mute.Entity.Id, StringComparer.Ordinal),
        ];
    }

    public async Task<IReadOnlyList<bool>> AreMutedAsync(
        string member,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    )
    {
        if (entities.Count == 0)
        {
            return [];
        }
        var values = await redis.RunAsync(
            database =>
                database.HashGetAsync(
                    _keys.Mutes(member),
                    [.. entities.Select(entity => (RedisValue)FollowKeys.EntityName(entity))]
                ),
            cancellationToken
        );
        var now = time.GetUtcNow();
        return
        [
            .. values.Select(
                (value, index) =>
                    value.HasValue && Read(entities[index], value.ToString()).Holds(now)
            ),
        ];
    }

    internal static Mute Read(Followable entity, string value)
    {
        var parts = value.Split(',');
        var end = long.Parse(parts[2], CultureInfo.InvariantCulture);
        return new Mute(
            entity,
            (MuteScope)int.Parse(parts[0], CultureInfo.InvariantCulture),
            DateTimeOffset.FromUnixTimeMilliseconds(
                long.Parse(parts[1], CultureInfo.InvariantCulture)
            ),
            end == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(end)
        );
    }
}
