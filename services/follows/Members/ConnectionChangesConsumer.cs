using Platform.Connections.Client;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.Storage.Redis;

namespace Platform.Follows.Members;

/// <summary>
/// Brings connections' blocks into the buckets of both members, and begins the erasure of whom connections erased. A follow that was
/// made between a block and its application ends with the application, in both directions; a follow after it is refused. Lifting
/// a block restores nothing.
/// </summary>
public sealed class ConnectionChangesConsumer(
    IFollowStore store,
    FollowJournal journal,
    FollowEraser eraser,
    RedisConnection redis
) : IConnectionChangeConsumer
{
    private readonly FollowKeys _keys = new(redis.KeyPrefix);

    /// <summary>An erasure of connections takes a member's blocks away as removals.</summary>
    public IReadOnlyCollection<RecordedChangeKind> Kinds { get; } =
    [
        RecordedChangeKind.Blocked,
        RecordedChangeKind.Unblocked,
        RecordedChangeKind.Removed,
        RecordedChangeKind.MemberDeleted,
    ];

    public async Task<bool> ClaimAsync(
        string holder,
        TimeSpan life,
        CancellationToken cancellationToken
    )
    {
        var result = await redis.EvaluateAsync(
            FollowScripts.Claim,
            [_keys.ConnectionsClaim],
            [holder, (long)life.TotalMilliseconds],
            cancellationToken
        );
        return (long)result == 1;
    }

    public async Task<string> ReadCursorAsync(CancellationToken cancellationToken)
    {
        var cursor = await redis.RunAsync(
            database => database.StringGetAsync(_keys.ConnectionsCursor),
            cancellationToken
        );
        return cursor.ToString();
    }

    public async Task ApplyAsync(
        IReadOnlyList<RecordedChange> changes,
        string cursor,
        CancellationToken cancellationToken
    )
    {
        // of different pairs at once, of one pair in their order
        await Parallel.ForEachAsync(
            changes.GroupBy(change => (change.FirstId, change.SecondId)),
            cancellationToken,
            async (pair, token) =>
            {
                foreach (var change in pair)
                {
                    await ApplyAsync(change, token);
                }
            }
        );
        await redis.RunAsync(
            database => database.StringSetAsync(_keys.ConnectionsCursor, cursor),
            cancellationToken
        );
    }

    private async Task ApplyAsync(RecordedChange change, CancellationToken cancellationToken)
    {
        switch (change.Kind)
        {
            case RecordedChangeKind.Blocked or RecordedChangeKind.Unblocked:
                await SetAsync(
                    change,
                    change.ActorId,
                    change.OtherId,
                    change.Kind == RecordedChangeKind.Blocked
                        ? BlockState.Blocked
                        : BlockState.Unblocked,
                    cancellationToken
                );
                break;
            case RecordedChangeKind.MemberDeleted:
                await eraser.BeginAsync(change.FirstId, cancellationToken);
                break;
            default:
                // nothing else happens between two while a block of either stands
                await SetAsync(
                    change,
                    change.FirstId,
                    change.SecondId,
                    BlockState.Unblocked,
                    cancellationToken
                );
                await SetAsync(
                    change,
                    change.SecondId,
                    change.FirstId,
                    BlockState.Unblocked,
                    cancellationToken
                );
                break;
        }
    }

    /// <summary>Applies what a member's block of another is now, to the follows of both directions.</summary>
    private async Task SetAsync(
        RecordedChange change,
        string blocker,
        string other,
        BlockState state,
        CancellationToken cancellationToken
    )
    {
        BlockChange[] directions =
        [
            new(blocker, other, ByFollower: true, state, change.Sequence),
            new(other, blocker, ByFollower: false, state, change.Sequence),
        ];
        foreach (var direction in directions)
        {
            if (await store.SetBlockAsync(direction, cancellationToken) is { } pending)
            {
                await journal.FinishAsync(pending, cancellationToken);
            }
        }
    }
}
