namespace Platform.Messaging.Storage;

/// <summary>Keeps where messaging stands in connections' record of changes, for all replicas.</summary>
public interface IRecordPositionStore
{
    /// <summary>Claims the record for one holder, for a while. Only spares work: two that hold it at once do no harm.</summary>
    /// <returns>Whether the holder has it.</returns>
    Task<bool> ClaimAsync(string holder, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>What was stored last; an empty cursor if nothing was.</summary>
    Task<RecordPosition> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Stores a cursor.</summary>
    Task StoreAsync(string cursor, CancellationToken cancellationToken);
}
