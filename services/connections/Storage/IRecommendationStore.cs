using Platform.Connections.Recommendations;

namespace Platform.Connections.Storage;

/// <summary>
/// Keeps one document for each who recommends another. What every engine promises:
/// <list type="bullet">
/// <item>A change is one compare-and-set on its document: of several that were decided on the same revision exactly one is stored.</item>
/// <item>Reads see every change that was acknowledged before they began, and never half a change. Lists are views of the same
/// documents. A list is one moment on SQLite; on MongoDB each of its documents is as it is at some moment of the call.</item>
/// <item>Times are kept to the millisecond.</item>
/// <item>An engine that does not answer throws DomainException(StoreUnavailable); the change may or may not have been
/// stored, and repeating it with its <c>request_id</c> is safe. A full one throws StoreFull.</item>
/// </list>
/// What blocks and visibility hide is not the store's business. One abstract suite, <c>RecommendationStoreContract</c>, holds every
/// engine to this.
/// </summary>
public interface IRecommendationStore
{
    /// <summary>The document; <see cref="RecommendationThread.None"/> when nothing is stored.</summary>
    Task<RecommendationThread> GetAsync(RecommendationKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Stores <paramref name="next"/>, in which there is a recommendation, if the stored revision is still
    /// <see cref="RecommendationThread.Revision"/> of it (0: if nothing is stored).
    /// </summary>
    /// <returns>What was stored, its revision one greater; null when somebody else was faster.</returns>
    Task<RecommendationThread?> TryStoreAsync(
        RecommendationThread next,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The recommendations that a member received or wrote, the latest first by <see cref="Recommendation.CreateTime"/>, those
    /// of one instant by the other's id, byte by byte. Paging by <see cref="RecommendationQuery.After"/> neither skips nor
    /// repeats one that stays in the list, whatever else changes in between.
    /// </summary>
    Task<IReadOnlyList<RecommendationThread>> ListAsync(
        RecommendationQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// All documents that come after one, in the order of <c>author|recipient</c>, byte by byte: the same order on every engine.
    /// Pages that follow one another miss none that is there all the while.
    /// </summary>
    /// <param name="after">The last of the page before; null for the first.</param>
    /// <param name="limit">How many at most; fewer only at the end.</param>
    Task<IReadOnlyList<RecommendationThread>> ListAllAsync(
        RecommendationKey? after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Removes documents in which a member is author or recipient, with all that they remember. Safe to repeat, and from several
    /// processes at once; a change under way on what is removed is not stored.
    /// </summary>
    /// <param name="member">Who is erased.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>How many it found, which are gone now; 0 says that none was left.</returns>
    Task<int> EraseMemberAsync(string member, int limit, CancellationToken cancellationToken);
}
