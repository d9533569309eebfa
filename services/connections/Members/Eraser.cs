using Microsoft.Extensions.Options;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.Watch;

namespace Platform.Connections.Members;

/// <summary>
/// Removes what is kept about a member, in bounded steps. Each step finds out by itself what is left, and can be repeated; so
/// an erasure goes on after a crash at any point, and several processes at once do no harm. A lease keeps them from doing
/// the same work.
/// </summary>
public sealed class Eraser(
    IConnectionStore store,
    IMemberStore members,
    IRecommendationStore recommendations,
    IDismissalStore dismissals,
    ChangeSignal changes,
    IOptions<ErasureOptions> options,
    TimeProvider time
)
{
    private const int BatchSize = 200;

    private DateTimeOffset Now =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Works on an erasure until it is done: first the pairs, then what else there is, then the word to watchers, and only
    /// then the state.
    /// </summary>
    /// <returns>The member as it stands afterwards; null if another process has the erasure.</returns>
    public async Task<MemberRecord?> EraseAsync(
        MemberRecord member,
        CancellationToken cancellationToken
    )
    {
        var mine = await members
            .TryStoreAsync(
                member with
                {
                    Deletion = member.Deletion! with { DueTime = Now + options.Value.Lease },
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var found = false;
        while (mine is not null)
        {
            var (met, removed) = await EraseBatchAsync(mine.MemberId, cancellationToken)
                .ConfigureAwait(false);
            if (met == 0)
            {
                break;
            }
            found = true;
            mine = await NoteAsync(
                    mine,
                    deletion =>
                        deletion with
                        {
                            RemovedCount = deletion.RemovedCount + removed,
                            DueTime = Now + options.Value.Lease,
                        },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        if (mine is null)
        {
            return null;
        }
        await TellWatchersAsync(mine.MemberId, cancellationToken).ConfigureAwait(false);
        return await NoteAsync(
                mine,
                deletion =>
                    deletion.State == MemberDeletionState.Done
                        ? deletion with
                        {
                            DueTime = found ? Now + options.Value.SecondLook : null,
                        }
                        : deletion with
                        {
                            State = MemberDeletionState.Done,
                            EndTime = Now,
                            DueTime = Now + options.Value.SecondLook,
                        },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <returns>How many things were found, and how many of them this process removed; another may have removed the rest.</returns>
    private async Task<(int Met, int Removed)> EraseBatchAsync(
        string member,
        CancellationToken cancellationToken
    )
    {
        var pairs = await store
            .ListToEraseAsync(member, BatchSize, cancellationToken)
            .ConfigureAwait(false);
        var removed = 0;
        foreach (var pair in pairs)
        {
            if (
                pair.Erase(Now) is { } next
                && await store.TryStoreAsync(next, cancellationToken).ConfigureAwait(false)
                    is not null
            )
            {
                removed++;
                changes.Raise();
            }
        }
        if (pairs.Count > 0)
        {
            return (pairs.Count, removed);
        }
        var erased = await recommendations
            .EraseMemberAsync(member, BatchSize, cancellationToken)
            .ConfigureAwait(false);
        if (erased == 0)
        {
            erased = await dismissals
                .EraseMemberAsync(member, BatchSize, cancellationToken)
                .ConfigureAwait(false);
        }
        return (erased, erased);
    }

    private async Task TellWatchersAsync(string member, CancellationToken cancellationToken)
    {
        // one that is there already was stored by a try that ended before the state was noted
        if (
            await store
                .TryStoreAsync(Relationship.Marker(member, Now), cancellationToken)
                .ConfigureAwait(false)
            is not null
        )
        {
            changes.Raise();
        }
    }

    /// <summary>Notes progress, unless another process has taken the erasure over. What calls under way left in the record goes.</summary>
    private async Task<MemberRecord?> NoteAsync(
        MemberRecord mine,
        Func<MemberDeletion, MemberDeletion> change,
        CancellationToken cancellationToken
    )
    {
        var current = mine;
        while (current.Deletion!.DueTime == mine.Deletion!.DueTime)
        {
            var stored = await members
                .TryStoreAsync(
                    MemberRecord.Of(current.MemberId) with
                    {
                        Revision = current.Revision,
                        Deletion = change(current.Deletion),
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (stored is not null)
            {
                return stored;
            }
            current = await members
                .GetAsync(mine.MemberId, cancellationToken)
                .ConfigureAwait(false);
        }
        return null;
    }
}
