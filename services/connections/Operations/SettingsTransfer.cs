using System.Runtime.CompilerServices;
using Platform.Common.V1;
using Platform.Connections.Members;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Operations;

/// <summary>Takes the settings of members out of a store and puts them into another.</summary>
public sealed class SettingsTransfer(IMemberStore store)
{
    // each lost round means that something else of this one member was stored
    private const int MaxRounds = 16;

    /// <summary>
    /// The documents of all members after one, in pieces, in the order of their ids; at least one piece, and only the last has
    /// fewer than asked for.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<MemberRecord>> ExportAsync(
        string after,
        int size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var piece = await store.ListAsync(after, size, cancellationToken);
            yield return piece;
            if (piece.Count < size)
            {
                yield break;
            }
            after = piece[^1].MemberId;
        }
    }

    /// <summary>Stores a member's settings, unless the member has set some. Answers whether they were stored; if not, the same were there.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.ImportConflict"/>, or the store's.</exception>
    public async Task<bool> ImportAsync(
        string memberId,
        MemberSettings settings,
        CancellationToken cancellationToken
    )
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var there = await store.GetAsync(memberId, cancellationToken);
            if (there.IsErased || there.Settings != MemberSettings.Default)
            {
                return !there.IsErased && there.Settings == settings
                    ? false
                    : throw new DomainException(
                        ErrorReason.ImportConflict,
                        "Something else is kept about this member; it was left as it is."
                    );
            }
            if (settings == there.Settings)
            {
                return false;
            }
            if (
                await store.TryStoreAsync(there with { Settings = settings }, cancellationToken)
                is not null
            )
            {
                return true;
            }
        }
        throw new DomainException(
            ErrorReason.Contention,
            "Too many callers changed this member's document at once; nothing was stored."
        );
    }
}
