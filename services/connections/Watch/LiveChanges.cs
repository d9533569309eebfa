using Platform.Common.V1;
using Platform.ServiceDefaults.Watching;

namespace Platform.Connections.Watch;

/// <summary>What one watcher gets of the feed.</summary>
internal sealed class LiveChanges(ChangeFeed feed, WatchFilter filter, int bufferSize)
    : LiveBuffer<LiveChange>(bufferSize)
{
    public WatchFilter Filter => filter;

    /// <summary>
    /// Up to where everything of interest was given. Read it before finding the buffer empty and the watcher not ended: then
    /// it was also taken.
    /// </summary>
    public RecordCursor Checkpoint => feed.Checkpoint;

    /// <summary>Gives what is new of a pair. Only the feed calls it.</summary>
    public void Give(ChangedPair changed)
    {
        if (EndedBy is not null || !filter.Concerns(changed.Relationship.Pair))
        {
            return;
        }
        if (changed.HasLostChanges)
        {
            End(ErrorReason.CursorExpired);
            return;
        }
        foreach (var change in changed.Changes)
        {
            if (
                filter.See(change) is { } seen
                && !Put(new LiveChange(seen, changed.CursorAfter(change)))
            )
            {
                return;
            }
        }
    }

    protected override void Leave() => feed.Leave(this);
}
