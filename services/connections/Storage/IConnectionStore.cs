using Platform.Connections.Relationships;

namespace Platform.Connections.Storage;

/// <summary>
/// Keeps one document a pair of members. What every engine promises:
/// <list type="bullet">
/// <item>A change of a pair is one compare-and-set on its document: of several that were decided on the same revision exactly one
/// is stored. Nothing needs more than one document.</item>
/// <item>Reads see every change that was acknowledged before they began, and never half a change. Documents, lists, counts and
/// the record of changes are views of the same documents, so they agree at any moment.</item>
/// <item>Revisions grow: a change that began after another was acknowledged has the greater revision, over all pairs.</item>
/// <item>Times are kept to the millisecond.</item>
/// <item>An engine that does not answer throws DomainException(StoreUnavailable); the change may or may not have been
/// stored, and repeating it with its <c>request_id</c> is safe. A full one throws StoreFull.</item>
/// </list>
/// One abstract suite, <c>ConnectionStoreContract</c>, holds every engine to this.
/// </summary>
public interface IConnectionStore
{
    /// <summary>The status of a pair, all zeros when nothing is stored. The hot path: one lookup by key, no document is parsed.</summary>
    Task<PairStatus> GetStatusAsync(MemberPair pair, CancellationToken cancellationToken);

    /// <summary>
    /// The status of a member with each of some others, in their order, from one consistent read. A double is answered twice; the
    /// member itself is answered with all zeros.
    /// </summary>
    Task<IReadOnlyList<PairStatus>> GetStatusesAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    );

    /// <summary>The document of a pair; <see cref="Relationship.None"/> when nothing is stored.</summary>
    Task<Relationship> GetAsync(MemberPair pair, CancellationToken cancellationToken);

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

    /// <summary>The counts of all lists of a member that are not empty, from one consistent read.</summary>
    Task<IReadOnlyDictionary<RelationshipList, long>> CountAllAsync(
        string member,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The documents that changed after a revision, in the order of their last change. A pair that changed several times comes once, as it
    /// is now; its ledger tells the steps. Whoever goes on from the revision of the last document read misses nothing.
    /// </summary>
    Task<IReadOnlyList<Relationship>> ReadChangesAsync(
        long afterRevision,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Pending invitations whose time to expire has come, the longest overdue first.</summary>
    Task<IReadOnlyList<Relationship>> ListExpiredAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>The greatest revision that a read can see; 0 for an empty store.</summary>
    Task<long> GetRevisionAsync(CancellationToken cancellationToken);
}
