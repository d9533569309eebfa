using Platform.Common.V1;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

/// <summary>
/// Holds reads to the revision they demand. Reads of the store are strong, so what was acknowledged is there; what is not
/// there was never acknowledged by this store, and waiting would not bring it.
/// </summary>
public sealed class RevisionGate(IConnectionStore store)
{
    /// <summary>Passes when the store has reached the revision, or none is demanded.</summary>
    /// <exception cref="DomainException">
    /// <see cref="ErrorReason.InvalidRevision"/> or <see cref="ErrorReason.RevisionNotReached"/>.
    /// </exception>
    public Task EnsureAsync(Consistency? consistency, CancellationToken cancellationToken) =>
        consistency is null || consistency.AtLeastRevision.Length == 0
            ? Task.CompletedTask
            : EnsureAsync(RevisionToken.Read(consistency.AtLeastRevision), cancellationToken);

    private async Task EnsureAsync(long revision, CancellationToken cancellationToken)
    {
        if (await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false) < revision)
        {
            throw new DomainException(
                ErrorReason.RevisionNotReached,
                "The store has not reached at_least_revision."
            );
        }
    }
}
