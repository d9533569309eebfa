using Platform.Common.V1;
using Platform.Follows.Entities;
using Platform.Follows.Limits;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Follows.Follows;

/// <summary>Decides about following and unfollowing, and sees a change through both directions before it is acknowledged.</summary>
public sealed class FollowsHandler(
    IFollowStore store,
    FollowJournal journal,
    FollowPermissions permissions,
    TimeProvider time
)
{
    /// <summary>Follows an entity; following what is followed already changes nothing.</summary>
    /// <exception cref="DomainException">
    /// SELF_FOLLOW, NOT_FOLLOWABLE, FOLLOW_LIMIT, FOLLOW_RATE, MEMBER_DELETED, REQUEST_ID_REUSED, DEPENDENCY_UNAVAILABLE, or the store's.
    /// </exception>
    public async Task<FollowAnswer> FollowAsync(
        string member,
        Followable entity,
        FollowBounds? bounds,
        string requestId,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var answers = await FollowAsync(
            member,
            [new FollowWish(entity, null, requestId)],
            bounds,
            fingerprint,
            cancellationToken
        );
        return answers[0].Refusal is { } refusal ? throw refusal : answers[0].Answer!;
    }

    /// <summary>
    /// Follows several entities, each for itself; the first of them get what limits leave. Answers each, in their order.
    /// </summary>
    /// <exception cref="DomainException">REQUEST_ID_REUSED of any of them.</exception>
    public async Task<IReadOnlyList<(FollowAnswer? Answer, DomainException? Refusal)>> FollowAsync(
        string member,
        IReadOnlyList<FollowWish> wishes,
        FollowBounds? bounds,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        var allowed = await permissions.RefusalsAsync(
            member,
            [.. wishes.Select(wish => wish.Entity)],
            cancellationToken
        );
        // the steps of a member reach its bucket in the order in which they are begun here
        return await Task.WhenAll(
            wishes.Select(
                async (wish, index) =>
                {
                    try
                    {
                        var answer = await FollowAsync(
                            member,
                            wish,
                            allowed[index],
                            bounds,
                            fingerprint,
                            cancellationToken
                        );
                        return ((FollowAnswer?)answer, (DomainException?)null);
                    }
                    catch (DomainException refusal)
                        when (refusal.Reason != ErrorReason.RequestIdReused)
                    {
                        return (null, refusal);
                    }
                }
            )
        );
    }

    private async Task<FollowAnswer> FollowAsync(
        string member,
        FollowWish wish,
        DomainException? notAllowed,
        FollowBounds? bounds,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        if (wish.Refusal is { } refusal)
        {
            throw refusal;
        }
        var pair = new FollowPair(member, wish.Entity);
        RefuseSelf(pair);
        var change = new FollowChange(
            pair,
            Follow: true,
            member,
            wish.RequestId,
            wish.RequestId.Length == 0 ? "" : fingerprint,
            bounds,
            IsRefused: notAllowed is not null
        );
        var write = await store.ChangeAsync(change, cancellationToken);
        var quota =
            bounds is not null && write.Usage is { } usage ? new FollowQuota(bounds, usage) : null;
        switch (write.Outcome)
        {
            case FollowOutcome.Refused:
                throw notAllowed!;
            case FollowOutcome.LimitReached:
                throw quota!.RefuseLimit(member);
            case FollowOutcome.RateReached:
                throw quota!.RefuseRate(member, time.GetUtcNow());
        }
        write = await FinishAsync(write, cancellationToken);
        return new FollowAnswer(write.Revision, write.Outcome == FollowOutcome.Changed, quota);
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

    /// <summary>
    /// A page of the members that follow both of two entities, by id where the first has few followers. It may hold fewer than
    /// asked for, but none only at the end.
    /// </summary>
    public async Task<FollowPage> ListCommonFollowersAsync(
        Followable one,
        Followable other,
        string? position,
        int size,
        CancellationToken cancellationToken
    )
    {
        var counts = await store.CountFollowersAsync([one, other], cancellationToken);
        // the shorter list is walked; which one that is stays with the position
        var walksOther = position is null ? counts[1] < counts[0] : position.StartsWith('2');
        var (walked, asked) = walksOther ? (other, one) : (one, other);
        position = position?[1..];
        while (true)
        {
            var page = await store.ListFollowersAsync(
                walked,
                recentFirst: false,
                position,
                size,
                cancellationToken
            );
            var both = await store.AreFollowersAsync(
                asked,
                [.. page.Entries.Select(entry => entry.Id)],
                cancellationToken
            );
            var entries = page.Entries.Where((_, index) => both[index]).ToList();
            if (entries.Count > 0 || page.Next is null)
            {
                return new FollowPage(
                    entries,
                    page.Next is null ? null : (walksOther ? "2" : "1") + page.Next
                );
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
        if (
            write.Pending is { } pending
            && !await journal.ApplyAsync(pending, cancellationToken)
            && pending.Following
        )
        {
            throw FollowPermissions.NotFollowable();
        }
        return write.Outcome switch
        {
            FollowOutcome.Blocked => throw FollowPermissions.NotFollowable(),
            FollowOutcome.FollowerDeleted => throw MemberDeleted(),
            FollowOutcome.RequestIdReused => throw new DomainException(
                ErrorReason.RequestIdReused,
                "The request_id was already used for a request with other content."
            ),
            _ => write,
        };
    }

    internal static DomainException MemberDeleted() =>
        new(ErrorReason.MemberDeleted, "The member is being erased, or has been.");
}
