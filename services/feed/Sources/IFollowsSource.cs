using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Sources;

/// <summary>
/// What the feed asks the follows service. Every method throws <see cref="DomainException"/> with
/// <c>DEPENDENCY_UNAVAILABLE</c> if that service does not answer in time, and passes on its other refusals.
/// </summary>
public interface IFollowsSource
{
    /// <summary>Which of <paramref name="entities"/> a member follows now, and which are muted.</summary>
    /// <param name="atLeastRevision">A revision of the follows service that the answer must include; empty for none.</param>
    Task<FollowAnswers> WhichFollowedAsync(
        string member,
        IReadOnlyCollection<EntityRef> entities,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>How many entities of all kinds a member follows.</summary>
    Task<long> CountFollowingAsync(string member, CancellationToken cancellationToken);

    /// <summary>All that a member follows.</summary>
    Task<IReadOnlyList<EntityRef>> ListFollowingAsync(
        string member,
        CancellationToken cancellationToken
    );

    /// <summary>A part of an entity's followers. Whoever follows from the first part to the last is in at least one.</summary>
    Task<RecipientPage> ListFollowersAsync(
        EntityRef entity,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    );
}
