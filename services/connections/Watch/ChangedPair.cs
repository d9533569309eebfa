using Platform.Connections.Relationships;

namespace Platform.Connections.Watch;

/// <summary>A pair as a reader of the record meets it.</summary>
/// <param name="Relationship">The document.</param>
/// <param name="After">What happened up to this revision was met before.</param>
/// <param name="Cursor">Where a reader stands who has dealt with all of it.</param>
public sealed record ChangedPair(Relationship Relationship, long After, RecordCursor Cursor)
{
    /// <summary>
    /// What is new, oldest first. Lines of one revision were stored at once, as an import does: they are one change, and the
    /// last of them tells what it led to.
    /// </summary>
    public IEnumerable<PairChange> Changes
    {
        get
        {
            var ledger = Relationship.Ledger;
            Transition? before = null;
            for (var index = 0; index < ledger.Count; index++)
            {
                var line = ledger[index];
                if (index + 1 < ledger.Count && ledger[index + 1].Revision == line.Revision)
                {
                    continue;
                }
                if (line.Revision > After)
                {
                    yield return new PairChange(Relationship.Pair, line, before);
                }
                before = line;
            }
        }
    }

    /// <summary>
    /// Where a reader stands who has dealt with one of <see cref="Changes"/>. Before the last one it has met nothing of the
    /// pair: whoever stops there has to meet the pair again.
    /// </summary>
    public RecordCursor CursorAfter(PairChange change) =>
        change.Line.Revision == Relationship.Ledger[^1].Revision ? Cursor : RecordCursor.Beginning;

    /// <summary>
    /// Whether something happened since <see cref="After"/> that the ledger no longer holds: it is full, and begins later. Of
    /// several lines of one revision the later ones tell what the lost ones would.
    /// </summary>
    public bool HasLostChanges =>
        After > 0
        && Relationship.Ledger is [var first, var second, ..] ledger
        && ledger.Count >= Relationships.Relationship.MaxLedger
        && first.Revision > After
        && first.Revision != second.Revision
        && first is not { Kind: TransitionKind.Invited, InvitationNumber: 1 };
}
