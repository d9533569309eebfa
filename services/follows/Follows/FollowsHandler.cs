using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>Decides about following and unfollowing, and sees a change through both directions before it is acknowledged.</summary>
public sealed class FollowsHandler(IFollowStore store, FollowJournal journal)
{
    /// <summary>Follows an entity; following what is followed already changes nothing.</summary>
    /// <exception cref="DomainException">SELF_FOLLOW, NOT_FOLLOWABLE, REQUEST_ID_REUSED, or the store's.</exception>
    public async Task<FollowWrite> FollowAsync(
        string member,
        Followable entity,
        string requestId,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var pair = new FollowPair(member, entity);
        RefuseSelf(pair);
        var change = new FollowChange(pair, Follow: true, member, requestId, fingerprint);
        return await MakeAsync(change, cancellationToken);
    }

    /// <summary>Stops following an entity.</summary>
    /// <exception cref="DomainException">NOT_FOLLOWING, REQUEST_ID_REUSED, or the store's.</exception>
    public async Task<FollowWrite> UnfollowAsync(
        string member,
        Followable entity,
        string requestId,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var change = new FollowChange(
            new FollowPair(member, entity),
            Follow: false,
            member,
            requestId,
            fingerprint
        );
        var write = await MakeAsync(change, cancellationToken);
        return write.Outcome == FollowOutcome.Changed
            ? write
            : throw new DomainException(
                ErrorReason.NotFollowing,
                "The member does not follow this entity."
            );
    }

    /// <summary>Ends the follow of somebody who follows a member.</summary>
    /// <exception cref="DomainException">NOT_A_FOLLOWER, REQUEST_ID_REUSED, or the store's.</exception>
    public async Task<FollowWrite> RemoveFollowerAsync(
        string member,
        string follower,
        string requestId,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var pair = new FollowPair(follower, Followable.Member(member));
        var write = await MakeAsync(
            new FollowChange(pair, Follow: false, member, requestId, fingerprint),
            cancellationToken
        );
        return write.Outcome == FollowOutcome.Changed
            ? write
            : throw new DomainException(
                ErrorReason.NotAFollower,
                "That member does not follow the caller."
            );
    }

    /// <summary>Makes a follow of another store, with its time. Answers whether it was made; if not, it was there.</summary>
    /// <exception cref="DomainException">SELF_FOLLOW, NOT_FOLLOWABLE, IMPORT_CONFLICT, or the store's.</exception>
    public async Task<bool> ImportAsync(
        FollowPair pair,
        DateTimeOffset? since,
        CancellationToken cancellationToken
    )
    {
        RefuseSelf(pair);
        var write = await FinishAsync(
            await store.ImportAsync(pair, since, cancellationToken),
            cancellationToken
        );
        return write.Outcome != FollowOutcome.Different
            ? write.Outcome == FollowOutcome.Changed
            : throw new DomainException(
                ErrorReason.ImportConflict,
                "The member follows this entity since another time; it was left so."
            );
    }

    /// <summary>
    /// A page of the members that a member follows and that do, or do not, follow back, by id. It may hold fewer than asked
    /// for, but none only at the end.
    /// </summary>
    public async Task<FollowPage> ListByReturnAsync(
        string member,
        bool followedBack,
        string? position,
        int size,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var page = await store.ListFollowingAsync(
                member,
                FollowKind.Member,
                recentFirst: false,
                position,
                size,
                cancellationToken
            );
            // Both sets are in the member's own bucket: no fan-out over those who are followed.
            var back = await store.AreFollowersAsync(
                Followable.Member(member),
                [.. page.Entries.Select(entry => entry.Id)],
                cancellationToken
            );
            var entries = page.Entries.Where((_, index) => back[index] == followedBack).ToList();
            if (entries.Count > 0 || page.Next is null)
            {
                return new FollowPage(entries, page.Next);
            }
            position = page.Next;
        }
    }

    private static void RefuseSelf(FollowPair pair)
    {
        if (pair.Entity == Followable.Member(pair.Follower))
        {
            throw new DomainException(ErrorReason.SelfFollow, "A member cannot follow themselves.");
        }
    }

    private async Task<FollowWrite> MakeAsync(
        FollowChange change,
        CancellationToken cancellationToken
    ) => await FinishAsync(await store.ChangeAsync(change, cancellationToken), cancellationToken);

    private async Task<FollowWrite> FinishAsync(
        FollowWrite write,
        CancellationToken cancellationToken
    )
    {
        // Also when nothing changed: an earlier attempt may not have got to its second step, and this answer says that it did.
        if (write.Pending is { } pending)
        {
            await store.ApplyAsync(pending, cancellationToken);
            journal.Applied(pending);
        }
        return write.Outcome switch
        {
            // One answer for a block, a setting and an absence.
            FollowOutcome.Blocked => throw new DomainException(
                ErrorReason.NotFollowable,
                "This entity cannot be followed."
            ),
            FollowOutcome.RequestIdReused => throw new DomainException(
                ErrorReason.RequestIdReused,
                "The request_id was already used for a request with other content."
            ),
            _ => write,
        };
    }
}
