using Platform.Follows.Entities;

namespace Platform.Follows.Storage;

/// <summary>
/// Keeps who follows what, in both directions.
/// <para>
/// A change is three steps. <see cref="ChangeAsync"/> changes the truth - what the follower follows - and notes in a journal
/// that the inverse is due, atomically. <see cref="ApplyAsync"/> makes the inverse - who follows the entity - agree.
/// <see cref="CompleteAsync"/> strikes the note out. Each step may be repeated, taken by anybody, or lost and taken later;
/// steps of different changes of one pair may overtake one another. When every journal entry has been worked off,
/// both directions agree. A change is acknowledged to its caller after the second step.
/// </para>
/// <para>
/// Reads see every step that was acknowledged before. Counts are those of the same sets that lists read. All members throw
/// <c>DomainException</c> with STORE_UNAVAILABLE (a mutation may then have happened) or STORE_FULL (it has not).
/// </para>
/// </summary>
public interface IFollowStore
{
    /// <summary>
    /// The first step. A block between the two refuses a follow, never an unfollow; so do the erasure of the follower and limits, which
    /// therefore hold exactly with any number of callers. With a request id that was seen within 24
    /// hours with the same fingerprint it changes nothing and answers what it answered first; a request that was refused or changed
    /// nothing to unfollow is not remembered.
    /// </summary>
    Task<FollowWrite> ChangeAsync(FollowChange change, CancellationToken cancellationToken);

    /// <summary>
    /// The second step: makes the inverse of a pair what the truth was, unless it was made from a later truth already.
    /// </summary>
    Task<ApplyOutcome> ApplyAsync(PendingFollow pending, CancellationToken cancellationToken);

    /// <summary>The third step: strikes out the journal entry, unless the pair has changed again since.</summary>
    Task CompleteAsync(PendingFollow pending, CancellationToken cancellationToken);

    /// <summary>
    /// The pairs whose last change was before a time and is not completed, of all members, the oldest of each bucket first. Where
    /// only a part of the store answers, its pairs come first, and then it throws.
    /// </summary>
    IAsyncEnumerable<FollowPair> ReadJournalAsync(
        DateTimeOffset before,
        CancellationToken cancellationToken
    );

    /// <summary>How many pairs the journals of all buckets hold, and when the oldest of them changed last; null if there is none.</summary>
    Task<(long Entries, DateTimeOffset? Oldest)> ReadJournalStatusAsync(
        CancellationToken cancellationToken
    );

    /// <summary>The truth about a pair with its journal entry, read at one moment; null if there is no entry.</summary>
    Task<PendingFollow?> ReadPendingAsync(FollowPair pair, CancellationToken cancellationToken);

    /// <summary>
    /// Sets or lifts the block that keeps a member from following another. Setting it ends the follow in the same atomic step,
    /// so that a follow and a block racing always end without a follow. Answers the second step that is due, if any.
    /// </summary>
    Task<PendingFollow?> SetBlockAsync(BlockChange change, CancellationToken cancellationToken);

    /// <summary>
    /// What stands between a member and each of the entities, in their order: all in the member's own bucket, whatever the
    /// entities.
    /// </summary>
    Task<FollowStanding[]> CheckAsync(
        string member,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    );

    /// <summary>What a member uses of its limits.</summary>
    Task<FollowUsage> ReadUsageAsync(string member, CancellationToken cancellationToken);

    /// <summary>Whether a member follows each of the entities, in their order.</summary>
    Task<IReadOnlyList<bool>> AreFollowedByAsync(
        string member,
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    );

    /// <summary>Whether each of the members follows an entity, in their order.</summary>
    Task<IReadOnlyList<bool>> AreFollowersAsync(
        Followable entity,
        IReadOnlyList<string> members,
        CancellationToken cancellationToken
    );

    /// <summary>How many a member follows, by kind; one entry a kind.</summary>
    Task<IReadOnlyList<KeyValuePair<FollowKind, long>>> CountFollowingAsync(
        string member,
        CancellationToken cancellationToken
    );

    /// <summary><see cref="CountFollowingAsync"/>, and what tells one state of what the member follows from another.</summary>
    Task<FollowingState> ReadFollowingStateAsync(
        string member,
        CancellationToken cancellationToken
    );

    /// <summary>How many follow each of the entities, in their order.</summary>
    Task<IReadOnlyList<long>> CountFollowersAsync(
        IReadOnlyList<Followable> entities,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A page of what a member follows. What stays in the list from the first page to the last is on one of them. In the order of recency
    /// the newest 100 come first, then the rest by id; a follow that is pushed out of the newest meanwhile may come twice.
    /// </summary>
    /// <param name="position">From the page before; null for the first.</param>
    Task<FollowPage> ListFollowingAsync(
        string member,
        FollowKind kind,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A page of who follows an entity, by id up to 20,000 of them, beyond that in an order of the store's own, where a page may hold a
    /// few more than asked for and an id may come twice. What stays in the list from the first page to the last is on one of
    /// them. In the order of recency as <see cref="ListFollowingAsync"/>.
    /// </summary>
    /// <param name="position">From the page before; null for the first.</param>
    Task<FollowPage> ListFollowersAsync(
        Followable entity,
        bool recentFirst,
        string? position,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>All followers of an entity in pieces, with the promises of <see cref="ListFollowersAsync"/>; at least one piece.</summary>
    IAsyncEnumerable<FollowPage> StreamFollowersAsync(
        Followable entity,
        string? position,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>All that a member follows of a kind in pieces, as <see cref="StreamFollowersAsync"/>.</summary>
    IAsyncEnumerable<FollowPage> StreamFollowingAsync(
        string member,
        FollowKind kind,
        string? position,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// <see cref="ChangeAsync"/> for a follow of another store, which keeps the time at which it began. A follow that is there is
    /// left alone.
    /// </summary>
    /// <param name="since">When it began, in whole microseconds; null where that is not known.</param>
    Task<FollowWrite> ImportAsync(
        FollowPair pair,
        DateTimeOffset? since,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The members of a bucket (see <see cref="FollowKeys"/>) that follow something, and perhaps some that once did, in the
    /// order of their bytes. Whoever follows something all the while is among them.
    /// </summary>
    Task<IReadOnlyList<string>> ListMembersAsync(int bucket, CancellationToken cancellationToken);

    /// <summary>All that a member follows of a kind, by id, with the times that are kept.</summary>
    Task<IReadOnlyList<FollowEntry>> ReadFollowingAsync(
        string member,
        FollowKind kind,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The entities of a bucket that have followers, in the order of their names' bytes. Whatever has followers all the while is
    /// among them.
    /// </summary>
    Task<IReadOnlyList<Followable>> ListEntitiesAsync(
        int bucket,
        CancellationToken cancellationToken
    );

    /// <summary>What the follower's bucket says of a pair.</summary>
    Task<FollowInspection> InspectAsync(FollowPair pair, CancellationToken cancellationToken);

    /// <summary>Whether each of the pairs' followers is among the entity's followers, in their order.</summary>
    Task<IReadOnlyList<bool>> HaveInversesAsync(
        IReadOnlyList<FollowPair> pairs,
        CancellationToken cancellationToken
    );

    /// <summary>Whether each of the pairs' followers follows the entity, in their order: the truth.</summary>
    Task<IReadOnlyList<bool>> AreFollowingAsync(
        IReadOnlyList<FollowPair> pairs,
        CancellationToken cancellationToken
    );

    /// <summary>Puts a pair into the journal as if it had changed, so that its inverse is made again from the truth.</summary>
    Task<PendingFollow> TouchAsync(FollowPair pair, CancellationToken cancellationToken);

    /// <summary>The ids that a list of the newest holds, of what a member follows.</summary>
    Task<IReadOnlyList<string>> ReadNewestFollowingAsync(
        string member,
        FollowKind kind,
        CancellationToken cancellationToken
    );

    /// <summary>The ids that a list of the newest holds, of who follows an entity.</summary>
    Task<IReadOnlyList<string>> ReadNewestFollowersAsync(
        Followable entity,
        CancellationToken cancellationToken
    );

    /// <summary>Whether a list of the newest holds a pair that its set does not.</summary>
    /// <param name="ofFollowing">The list of what the follower follows; else that of who follows the entity.</param>
    /// <param name="drop">Takes it out of the list in the same step.</param>
    Task<bool> IsStrayRecentAsync(
        FollowPair pair,
        bool ofFollowing,
        bool drop,
        CancellationToken cancellationToken
    );
}
