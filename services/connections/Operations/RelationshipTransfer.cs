using System.Runtime.CompilerServices;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Operations;

/// <summary>Takes relationships out of a store and puts them into another, as they are.</summary>
public sealed class RelationshipTransfer(IConnectionStore store)
{
    /// <summary>
    /// All relationships after a pair, in pieces, in the order of the members' ids; at least one piece, and only the last has
    /// fewer than asked for.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<Relationship>> ExportAsync(
        MemberPair? after,
        int size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var piece = await store.ListPairsAsync(after, size, cancellationToken);
            yield return piece;
            if (piece.Count < size)
            {
                yield break;
            }
            after = piece[^1].Pair;
        }
    }

    /// <summary>Stores a relationship of another store, unless something is there. Answers whether it was stored; if not, the same was there.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.ImportConflict"/>, or the store's.</exception>
    public async Task<bool> ImportAsync(
        Relationship relationship,
        CancellationToken cancellationToken
    )
    {
        var there = await store.GetAsync(relationship.Pair, cancellationToken);
        if (there.Revision == 0)
        {
            if (await store.TryStoreAsync(relationship, cancellationToken) is not null)
            {
                return true;
            }
            there = await store.GetAsync(relationship.Pair, cancellationToken);
        }
        return RelationshipRecords.Of(there).Equals(RelationshipRecords.Of(relationship))
            ? false
            : throw new DomainException(
                ErrorReason.ImportConflict,
                "Something else is kept about this pair; it was left as it is."
            );
    }
}
