using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Connections;

/// <summary>Asks the connections service whether something may be said. Fails closed.</summary>
public interface IConnectionGate
{
    /// <summary>Returns when <paramref name="memberId"/> is a first-degree connection of all <paramref name="otherIds"/>.</summary>
    /// <param name="memberId">Who wants to say something.</param>
    /// <param name="otherIds">Everybody who would hear it.</param>
    /// <param name="atLeastRevision">A revision of connections that the answer must include; empty for none.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.NotFirstDegree"/>; <see cref="ErrorReason.DependencyUnavailable"/> when there is no answer in time.
    /// </exception>
    Task EnsureFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        string atLeastRevision,
        CancellationToken cancellationToken
    );

    /// <summary>Whether <paramref name="memberId"/> is a first-degree connection of all <paramref name="otherIds"/>.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.DependencyUnavailable"/> when there is no answer in time.</exception>
    Task<bool> AreFirstDegreeAsync(
        string memberId,
        IReadOnlyList<string> otherIds,
        CancellationToken cancellationToken
    );
}
