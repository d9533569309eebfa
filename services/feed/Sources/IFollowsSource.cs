using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Sources;

/// <summary>
/// What the feed asks the follows service. Every method throws <see cref="DomainException"/> with
/// <c>DEPENDENCY_UNAVAILABLE</c> if that service does not answer in time, and passes on its other refusals.
/// </summary>
public interface IFollowsSource
{
    /// <summary>What a member has with each of <paramref name="entities"/> now.</summary>
    /// <param name="atLeastRevision">A revision of the follows service that the answer must include; empty for none.</param>
    Task<IReadOnlyDictionary<EntityRef, FollowStanding>> StandingsAsync(
        string member,
        IReadOnlyCollection<EntityRef> entities,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>A number that is another one after each change of what a member follows; not negative.</summary>
    /// <param name="atLeastRevision">A revision of the follows service that the answer must include; empty for none.</param>
    Task<long> GetFollowingVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>How many follow each of <paramref name="entities"/>.</summary>
    Task<IReadOnlyDictionary<EntityRef, long>> CountFollowersAsync(
        IReadOnlyCollection<EntityRef> entities,
        CancellationToken cancellationToken
    );

    /// <summary>All that a member follows.</summary>
    Task<IReadOnlyList<EntityRef>> ListFollowingAsync(
        string member,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// An entity's followers from a cursor on, in parts; the service reads ahead while a part is worked on. Whoever follows from the first
    /// part to the last is in at least one.
    /// </summary>
    /// <param name="cursor">Of the part before; empty for the first.</param>
    IAsyncEnumerable<RecipientPage> StreamFollowersAsync(
        EntityRef entity,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    );
}
