using Platform.Connections.Members;

namespace Platform.Connections.Storage;

/// <summary>
/// Keeps one document a member. What every engine promises:
/// <list type="bullet">
/// <item>A change is one compare-and-set on the document: of several that were decided on the same revision exactly one is
/// stored. Revisions of a document count its changes: 1, 2, 3 ...</item>
/// <item>Reads see every change that was acknowledged before they began, and never half a change.</item>
/// <item>A read of several documents takes each as it is at some moment of the call.</item>
/// <item>Times are kept to the millisecond.</item>
/// <item>An engine that does not answer throws DomainException(StoreUnavailable); the change may or may not have been
/// stored. A full one throws StoreFull.</item>
/// </list>
/// One abstract suite, <c>MemberStoreContract</c>, holds every engine to this.
/// </summary>
public interface IMemberStore
{
    /// <summary>The document of a member; <see cref="MemberRecord.Of"/> when nothing is stored.</summary>
    Task<MemberRecord> GetAsync(string memberId, CancellationToken cancellationToken);

    /// <summary>The documents of some members, in their order, from one read. A double is answered twice.</summary>
    Task<IReadOnlyList<MemberRecord>> GetManyAsync(
        IReadOnlyList<string> memberIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Stores <paramref name="next"/> if the stored revision of its member is still <see cref="MemberRecord.Revision"/> of it
    /// (0: if nothing is stored).
    /// </summary>
    /// <returns>What was stored, with its new revision, one more; null when somebody else was faster.</returns>
    Task<MemberRecord?> TryStoreAsync(MemberRecord next, CancellationToken cancellationToken);

    /// <summary>
    /// The documents of the members who come after one, in the order of their ids, byte by byte: the same order on every
    /// engine. Pages that follow one another miss no member who is there all the while.
    /// </summary>
    /// <param name="afterId">The last member of the page before; empty for the first.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<MemberRecord>> ListAsync(
        string afterId,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Members whose erasure is due (<see cref="MemberDeletion.DueTime"/>), the longest overdue at the top.</summary>
    Task<IReadOnlyList<MemberRecord>> ListErasingAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    );
}
