using System.Runtime.CompilerServices;
using Platform.Common.V1;
using Platform.Connections.Recommendations;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Operations;

/// <summary>Takes recommendations out of a store and puts them into another, as they are.</summary>
public sealed class RecommendationTransfer(IRecommendationStore store)
{
    /// <summary>
    /// All recommendations after one, in pieces, in the order of <see cref="IRecommendationStore.ListAllAsync"/>; at least one
    /// piece, and only the last has fewer than asked for.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<RecommendationThread>> ExportAsync(
        RecommendationKey? after,
        int size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var piece = await store.ListAllAsync(after, size, cancellationToken);
            yield return piece;
            if (piece.Count < size)
            {
                yield break;
            }
            after = piece[^1].Key;
        }
    }

    /// <summary>Stores a recommendation of another store, unless one is there. Answers whether it was stored; if not, the same was there.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.ImportConflict"/>, or the store's.</exception>
    public async Task<bool> ImportAsync(
        RecommendationThread thread,
        CancellationToken cancellationToken
    )
    {
        var there = await store.GetAsync(thread.Key, cancellationToken);
        if (there.Revision == 0)
        {
            if (await store.TryStoreAsync(thread, cancellationToken) is not null)
            {
                return true;
            }
            there = await store.GetAsync(thread.Key, cancellationToken);
        }
        return there.Latest == thread.Latest
            ? false
            : throw new DomainException(
                ErrorReason.ImportConflict,
                "Something else is kept about these two; it was left as it is."
            );
    }
}
