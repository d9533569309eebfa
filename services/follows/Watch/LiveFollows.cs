using Platform.Follows.Storage;
using Platform.ServiceDefaults.Watching;

namespace Platform.Follows.Watch;

/// <summary>What one watcher gets of the feed.</summary>
internal sealed class LiveFollows(FollowFeed feed, FollowWatchFilter filter, int bufferSize)
    : LiveBuffer<RecordedFollow>(bufferSize)
{
    public FollowWatchFilter Filter => filter;

    /// <summary>
    /// Up to where everything of interest was given. Read it before finding the buffer empty: then it was also taken.
    /// </summary>
    public long Checkpoint => feed.Checkpoint;

    /// <summary>Gives a change. Only the feed calls it.</summary>
    public void Give(RecordedFollow change)
    {
        if (EndedBy is null && filter.Concerns(change))
        {
            Put(change);
        }
    }

    protected override void Leave() => feed.Leave(this);
}
