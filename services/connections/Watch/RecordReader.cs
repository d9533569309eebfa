using System.Runtime.CompilerServices;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;

namespace Platform.Connections.Watch;

/// <summary>
/// Reads the record of changes look by look, and meets every change. On MongoDB changes become visible only almost in the
/// order of their revisions, so each look begins again where all is settled, and what was met already is left out.
/// </summary>
/// <param name="store">Where the record is.</param>
/// <param name="cursor">Where to begin.</param>
public sealed class RecordReader(IConnectionStore store, RecordCursor cursor)
{
    private const int PageSize = 500;

    // so many pairs are some megabytes
    private const int MaxMet = 100_000;

    // the latest revision met of pairs beyond the cursor
    private readonly Dictionary<MemberPair, long> _met = [];

    /// <summary>Up to where everything was met by the looks that came to their end.</summary>
    public RecordCursor Cursor { get; private set; } = cursor;

    /// <summary>The greatest revision met.</summary>
    public long Tip { get; private set; } = cursor.Position;

    /// <summary>Whether a change was met.</summary>
    public bool HasMet(MemberPair pair, long revision) => revision <= LastMet(pair);

    /// <summary>
    /// One look: the pairs with something new, in the order of their latest change, until nothing more is visible. Only a
    /// look that is read to its end moves <see cref="Cursor"/>.
    /// </summary>
    /// <param name="from">
    /// Looks no further back than this revision, which is cheaper and may leave out changes that became visible late; such a
    /// look does not move <see cref="Cursor"/>.
    /// </param>
    /// <param name="cancellationToken">Ends it between pages.</param>
    public async IAsyncEnumerable<ChangedPair> LookAsync(
        long from = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        // what is settled now is visible now; it is not what settles while this reads
        var settled = store.SettledRevision(long.MaxValue);
        var isThorough = from <= Cursor.Position;
        var after = Math.Max(Cursor.Position, from);
        while (true)
        {
            var page = await store
                .ReadChangesAsync(after, PageSize, cancellationToken)
                .ConfigureAwait(false);
            foreach (var relationship in page)
            {
                after = relationship.Revision;
                Tip = Math.Max(Tip, after);
                var known = LastMet(relationship.Pair);
                if (after <= known)
                {
                    continue;
                }
                _met[relationship.Pair] = after;
                yield return new ChangedPair(
                    relationship,
                    known,
                    isThorough ? Cursor.Or(new RecordCursor(0, Math.Min(after, settled))) : Cursor
                );
            }
            if (page.Count < PageSize)
            {
                break;
            }
            if (_met.Count > MaxMet)
            {
                // a pair that changes once more in this look is told again from the floor: twice is better than never
                Forget(Math.Min(after, settled));
            }
        }
        if (isThorough)
        {
            var met = Math.Max(Cursor.Position, Math.Min(Tip, settled));
            Cursor = new RecordCursor(met, met);
            Forget(met);
        }
    }

    private long LastMet(MemberPair pair) => Math.Max(Cursor.Floor, _met.GetValueOrDefault(pair));

    private void Forget(long upTo)
    {
        foreach (var (pair, revision) in _met)
        {
            if (revision <= upTo)
            {
                _met.Remove(pair);
            }
        }
    }
}
