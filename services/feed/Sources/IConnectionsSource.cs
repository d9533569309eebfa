using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Sources;

/// <summary>
/// What the feed asks the connections service. Every method throws <see cref="DomainException"/> with
/// <c>DEPENDENCY_UNAVAILABLE</c> if that service does not answer in time, and passes on its other refusals.
/// </summary>
public interface IConnectionsSource
{
    /// <summary>Those of <paramref name="others"/> that are first-degree connections of a member now.</summary>
    /// <param name="atLeastRevision">A revision of the connections service that the answer must include; empty for none.</param>
    Task<IReadOnlySet<string>> WhichConnectedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>Those of <paramref name="others"/> between whom and a member a block stands now, in either direction.</summary>
    /// <param name="atLeastRevision">A revision of the connections service that the answer must include; empty for none.</param>
    Task<IReadOnlySet<string>> WhichBlockedAsync(
        string member,
        IReadOnlyCollection<string> others,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>A number that is another one after each change of who a member's connections are; not negative.</summary>
    /// <param name="atLeastRevision">A revision of the connections service that the answer must include; empty for none.</param>
    Task<long> GetConnectionsVersionAsync(
        string member,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// A member's connections from a cursor on, in parts; the service reads ahead while a part is worked on. Whoever is a connection from
    /// the first part to the last is in exactly one.
    /// </summary>
    /// <param name="cursor">Of the part before; empty for the first.</param>
    IAsyncEnumerable<RecipientPage> StreamConnectionsAsync(
        string member,
        string cursor,
        int limit,
        CancellationToken cancellationToken
    );
}
