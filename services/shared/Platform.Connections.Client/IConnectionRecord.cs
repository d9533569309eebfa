using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Client;

/// <summary>Connections' record of changes.</summary>
public interface IConnectionRecord
{
    /// <summary>
    /// Changes after a cursor as they happen, until cancelled: at least once, those of a pair in their order, and signs of
    /// life in between. The first sign of life says that the past has been told.
    /// </summary>
    /// <param name="cursor">Where to go on; empty begins with the oldest change that is kept of each pair.</param>
    /// <param name="kinds">Which kinds; empty for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">
    /// CURSOR_EXPIRED or INVALID_CURSOR when it cannot go on from there; DEPENDENCY_UNAVAILABLE for all else, also when the stream ends.
    /// </exception>
    IAsyncEnumerable<RecordEvent> WatchAsync(
        string cursor,
        IReadOnlyCollection<RecordedChangeKind> kinds,
        CancellationToken cancellationToken
    );
}
