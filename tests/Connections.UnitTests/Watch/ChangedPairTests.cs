using Platform.Connections.Relationships;
using Platform.Connections.Watch;

namespace Platform.Tests.Connections.UnitTests.Watch;

public sealed class ChangedPairTests
{
    private static readonly RecordCursor Cursor = new(5, 9);

    [Fact]
    public void Changes_AfterARevision_AreTheLaterLinesWithWhatWasBefore()
    {
        var changed = Changed(after: 3, 1, 3, 7, 9);

        Assert.Equal([7, 9], changed.Changes.Select(change => change.Line.Revision));
        Assert.Equal([3, 7], changed.Changes.Select(change => change.Before!.Revision));
    }

    [Fact]
    public void Changes_LinesOfOneRevision_AreOneChange()
    {
        // an import stores a whole ledger at once
        var changed = Changed(after: 0, 4, 4, 4, 9);

        Assert.Equal([4, 9], changed.Changes.Select(change => change.Line.Revision));
        Assert.Equal(
            changed.Relationship.Ledger[2],
            Assert.Single(changed.Changes, change => change.Before is null).Line
        );
    }

    [Fact]
    public void CursorAfter_AllButTheLast_MeetsNothing()
    {
        var changed = Changed(after: 0, 1, 3, 9);

        Assert.Equal(
            [RecordCursor.Beginning, RecordCursor.Beginning, Cursor],
            changed.Changes.Select(changed.CursorAfter)
        );
    }

    [Fact]
    public void HasLostChanges_LedgerFullAndLaterThanWhatWasMet_IsTrue()
    {
        var revisions = Enumerable
            .Range(10, Relationship.MaxLedger)
            .Select(revision => (long)revision)
            .ToArray();

        Assert.True(Changed(after: 9, revisions).HasLostChanges);
        Assert.False(Changed(after: 10, revisions).HasLostChanges);
        // whoever begins at the beginning asks for what there is
        Assert.False(Changed(after: 0, revisions).HasLostChanges);
        Assert.False(Changed(after: 9, revisions[1..]).HasLostChanges);
    }

    private static ChangedPair Changed(long after, params long[] revisions) =>
        new(
            new Relationship
            {
                Pair = MemberPair.Of("ann", "bob"),
                Revision = revisions[^1],
                Ledger =
                [
                    .. revisions.Select(
                        (revision, index) =>
                            new Transition(
                                TransitionKind.Removed,
                                Side.Low,
                                DateTimeOffset.UnixEpoch,
                                index + 1,
                                revision
                            )
                    ),
                ],
            },
            after,
            Cursor
        );
}
