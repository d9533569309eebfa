using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Client;

/// <summary>
/// Keeps something that depends on connections' changes, and where it stands in their record. Changes come at least
/// once, those of a pair in their order; but a replica that was stopped for a while may apply old ones late. So applying has to be
/// idempotent and to compare <see cref="RecordedChange.Sequence"/>.
/// </summary>
public interface IConnectionChangeConsumer
{
    /// <summary>
    /// The kinds of interest. When the record can no longer be followed from the cursor it is told from its beginning, and then all
    /// kinds come: a change of another kind says that what stood before (a block, say) does not stand any more.
    /// </summary>
    IReadOnlyCollection<RecordedChangeKind> Kinds { get; }

    /// <summary>
    /// Claims the record for one holder, for a while; claiming again prolongs it. Only spares work: two that hold it at once do
    /// no harm.
    /// </summary>
    /// <returns>Whether the holder has it.</returns>
    /// <exception cref="DomainException">The store's.</exception>
    Task<bool> ClaimAsync(string holder, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>The cursor that was stored last; empty if there is none.</summary>
    /// <exception cref="DomainException">The store's.</exception>
    Task<string> ReadCursorAsync(CancellationToken cancellationToken);

    /// <summary>Applies changes in their order, perhaps none, and then stores the cursor.</summary>
    /// <exception cref="DomainException">The store's; then they come again.</exception>
    Task ApplyAsync(
        IReadOnlyList<RecordedChange> changes,
        string cursor,
        CancellationToken cancellationToken
    );
}
