namespace Platform.Connections.Storage;

/// <summary>
/// Keeps whom a member does not want to be suggested, one small document for each two. What every engine promises:
/// <list type="bullet">
/// <item>Every change can be repeated, and of crossing ones the last to be stored holds.</item>
/// <item>Reads see every change that was acknowledged before they began.</item>
/// <item>An engine that does not answer throws DomainException(StoreUnavailable). A full one throws StoreFull.</item>
/// </list>
/// One abstract suite, <c>DismissalStoreContract</c>, holds every engine to this.
/// </summary>
public interface IDismissalStore
{
    /// <summary>Notes that a member does not want to be suggested another.</summary>
    Task DismissAsync(string member, string other, CancellationToken cancellationToken);

    /// <summary>Takes that back.</summary>
    Task RestoreAsync(string member, string other, CancellationToken cancellationToken);

    /// <summary>Of some members, those whom a member does not want to be suggested.</summary>
    Task<IReadOnlySet<string>> FindAsync(
        string member,
        IReadOnlyList<string> others,
        CancellationToken cancellationToken
    );

    /// <summary>Removes what a member noted, and what others noted of it, in bounded steps.</summary>
    /// <returns>How many were found, at most <paramref name="limit"/>; 0 when nothing is left.</returns>
    Task<int> EraseMemberAsync(string member, int limit, CancellationToken cancellationToken);
}
