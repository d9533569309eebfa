using Platform.Connections.Relationships;

namespace Platform.Connections.Storage;

/// <summary>
/// Keeps one document a pair of members. What every engine promises:
/// <list type="bullet">
/// <item>A change of a pair is one compare-and-set on its document: of several that were decided on the same revision exactly one
/// is stored. Nothing needs more than one document.</item>
/// <item>Reads see every change that was acknowledged before they began, and never half a change. Documents, lists, counts and
/// the record of changes are views of the same documents, so they agree at any moment.</item>
/// <item>A read of several documents takes each as it is at some moment of the call. On SQLite that is one moment for all; on
/// MongoDB a pair that changes lists just then may be counted in one of them, in both or in neither.</item>
/// <item>Revisions of one pair grow. Over all pairs, a change that began after another was acknowledged has the greater
/// revision if one process made both, or read the other before; else its revision may be smaller by as much as the clocks of
/// the database's servers differ. On SQLite, one process, no two changes share a revision; on MongoDB two pairs may.</item>
/// <item>Times are kept to the millisecond.</item>
/// <item>An engine that does not answer throws DomainException(StoreUnavailable); the change may or may not have been
/// stored, and repeating it with its <c>request_id</c> is safe. A full one throws StoreFull.</item>
/// </list>
/// One abstract suite, <c>ConnectionStoreContract</c>, holds every engine to this.
/// </summary>
public interface IConnectionStore
{
    /// <summary>The status of a pair, all zeros when nothing is stored. The hot path: one lookup by key, no document is parsed.</summary>
    ValueTask<PairStatus> GetStatusAsync(MemberPair pair, CancellationToken cancellationToken);

    /// <summary>
    /// The status of a member with each of some others, in their order, from one read. A double is answered twice; the
    /// member itself is answered with all zeros.
    /// </summary>
    Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    );

    /// <summary>The status of each of some pairs, in their order. A double is answered twice.</summary>
    Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        IReadOnlyList<MemberPair> pairs,
        CancellationToken cancellationToken
    );

    /// <summary>The document of a pair; <see cref="Relationship.None"/> when nothing is stored.</summary>
    Task<Relationship> GetAsync(MemberPair pair, CancellationToken cancellationToken);

    /// <summary>
    /// The documents of a member with each of some others, from one read: those that are stored, by the other's id. The member
    /// itself, among the others, is left out.
    /// </summary>
    Task<IReadOnlyDictionary<string, Relationship>> GetManyAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Stores <paramref name="next"/> if the stored revision of its pair is still <see cref="Relationship.Revision"/> of it (0:
    /// if nothing is stored).
    /// </summary>
    /// <returns>What was stored, stamped with its new revision; null when somebody else was faster.</returns>
    Task<Relationship?> TryStoreAsync(Relationship next, CancellationToken cancellationToken);

    /// <summary>
    /// The entries of a list in the order asked for. Paging by <see cref="ListQuery.After"/> neither skips nor repeats an
    /// entry that stays in the list, whatever else changes in between.
    /// </summary>
    Task<IReadOnlyList<ListEntry>> ListAsync(ListQuery query, CancellationToken cancellationToken);

    /// <summary><see cref="ListAsync"/>, with the documents; only in the order <see cref="ListOrder.Recent"/>.</summary>
    Task<IReadOnlyList<Relationship>> ListRelationshipsAsync(
        ListQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>How many entries a list has: what <see cref="ListAsync"/> would list without a limit.</summary>
    Task<long> CountAsync(
        string member,
        RelationshipList list,
        CancellationToken cancellationToken
    );

    /// <summary>How many connections a member has, and what tells one state of that list from another.</summary>
    Task<ListState> ReadConnectionsStateAsync(string member, CancellationToken cancellationToken);

    /// <summary>The counts of all lists of a member that are not empty.</summary>
    Task<IReadOnlyDictionary<RelationshipList, long>> CountAllAsync(
        string member,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The documents that changed after a revision, in the order of their last change. A pair that changed several times comes once, as it
    /// is now; its ledger tells the steps. Documents of one revision are not separated: there may be more than
    /// <paramref name="limit"/> for it. Pages that follow one another, each from the revision of the last document of the one
    /// before, end with an empty one. Whoever then goes on from <see cref="SettledRevision"/> of the greatest revision read
    /// misses nothing, and drops what it has met already.
    /// </summary>
    Task<IReadOnlyList<Relationship>> ReadChangesAsync(
        long afterRevision,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Up to which revision a reader of changes has surely met all, once it has met <paramref name="revision"/> and everything
    /// visible before it: changes become visible almost in the order of their revisions. The same on SQLite, where they do so
    /// exactly; some seconds less on MongoDB.
    /// </summary>
    long SettledRevision(long revision);

    /// <summary>Pending invitations whose time to expire has come, the longest overdue first.</summary>
    Task<IReadOnlyList<Relationship>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The documents of the pairs that come after one, in the order of the low member's id and then the high one's, byte by
    /// byte: the same order on every engine. Pages that follow one another miss no pair that is there all the while. The
    /// markers of erased members are no pairs.
    /// </summary>
    /// <param name="after">The last pair of the page before; null for the first.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    Task<IReadOnlyList<Relationship>> ListPairsAsync(
        MemberPair? after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The pairs that are connected, without their documents: the fastest way to read all of them, in an order of the engine's
    /// own in which those of one low member follow one another. A pair that stays connected and does not change comes exactly
    /// once on pages that follow one another; one that changes meanwhile may come or not. Whoever then reads the changes since
    /// the <see cref="SettledRevision"/> of the time before the first page knows all.
    /// </summary>
    /// <param name="after">The last pair of the page before; null for the first.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<ConnectedPair>> ListConnectedAsync(
        ConnectedPair? after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Pairs of a member of which something is left, in no order: those that are not <see cref="RelationshipState.Erased"/>,
    /// whether they stand in a list or not. Whoever erases what it gets, and asks again until there is nothing, has met all.
    /// </summary>
    Task<IReadOnlyList<Relationship>> ListToEraseAsync(
        string member,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>How many pairs <see cref="ListToEraseAsync"/> would give without a limit.</summary>
    Task<long> CountToEraseAsync(string member, CancellationToken cancellationToken);

    /// <summary>
    /// The greatest revision that a read can see; 0 for an empty store. Never less than that of a change which was
    /// acknowledged before.
    /// </summary>
    Task<long> GetRevisionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A random name that the store was given when it was made, and keeps: a store that was emptied or exchanged has another
    /// one. One that was put back to a backup has the name that the backup had.
    /// </summary>
    Task<string> GetIdentityAsync(CancellationToken cancellationToken);
}
