using System.Globalization;
using System.Text;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Watch;

/// <summary>
/// The newest entries of a home feed as one watcher was told of them. What a reading shows is compared with it: that tells what
/// came, what changed and what left, without a record of changes. Pure, and not safe for several threads.
/// </summary>
public sealed class FeedWindow
{
    /// <summary>How many entries are followed; when there are more, the oldest are let go.</summary>
    public const int Size = 100;

    // from old to new; an entry's look is 32 bits of a hash: of four billion edits, one is taken for no change
    private readonly SortedDictionary<PostId, uint> _told;
    private PostId _floor;

    private FeedWindow(PostId floor, IEnumerable<KeyValuePair<PostId, uint>> told)
    {
        _floor = floor;
        _told = new(new Dictionary<PostId, uint>(told));
    }

    /// <summary>Up to where, from the newest, a reading must reach so that nothing is missed that came since.</summary>
    public PostId Reach => _told.Count > 0 ? _told.Keys.Last() : _floor;

    /// <summary>Begins with a feed as it is now, of which nothing is told.</summary>
    public static FeedWindow Begin(FeedReading reading) =>
        new(
            reading.From,
            reading.Entries.Select(entry => KeyValuePair.Create(entry.Post.Id, LookOf(entry)))
        );

    /// <summary>Goes on with what was told.</summary>
    public static FeedWindow Resume(WatchCursor cursor) => new(cursor.Floor, cursor.Told);

    /// <summary>Where a watcher stands that was told all that was noted.</summary>
    public WatchCursor Cursor(ulong viewerKey, DateTimeOffset now) =>
        new(viewerKey, now, _floor, _told);

    /// <summary>
    /// What to tell: first what left, then what came or changed, from old to new; in this order a watcher can break off after any
    /// of them. Of an incomplete reading only what came: what it does not show may still be there.
    /// </summary>
    public IReadOnlyList<FeedChange> ChangesIn(FeedReading reading)
    {
        var shown = reading.Entries.ToDictionary(entry => entry.Post.Id);
        var changes = new List<FeedChange>();
        if (reading.IsComplete)
        {
            changes.AddRange(
                _told
                    .Keys.Where(id => id >= reading.From && !shown.ContainsKey(id))
                    .Select(id => new FeedChange(id, Entry: null))
            );
        }
        changes.AddRange(
            reading
                .Entries.Where(entry =>
                    _told.TryGetValue(entry.Post.Id, out var told)
                        ? reading.IsComplete && told != LookOf(entry)
                        : entry.Post.Id >= _floor
                )
                .OrderBy(entry => entry.Post.Id)
                .Select(entry => new FeedChange(entry.Post.Id, entry))
        );
        return changes;
    }

    /// <summary>Notes that a change is told.</summary>
    public void Note(FeedChange change)
    {
        if (change.Entry is null)
        {
            _told.Remove(change.PostId);
            return;
        }
        _told[change.PostId] = LookOf(change.Entry);
        if (_told.Count > Size)
        {
            var oldest = _told.Keys.First();
            _told.Remove(oldest);
            _floor = new PostId(oldest.Value + 1);
        }
    }

    private static uint LookOf(FeedEntry entry)
    {
        var look = new StringBuilder();
        look.Append(CultureInfo.InvariantCulture, $"{entry.Post.Revision}");
        foreach (var reason in entry.Reasons)
        {
            look.Append(
                CultureInfo.InvariantCulture,
                $"|{(int)reason.Kind}:{(int)reason.Entity.Kind}:{reason.Entity.Id}"
            );
        }
        return (uint)CursorKey.Of(look.ToString());
    }
}
