using Platform.Feed.Posts;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Watch;

/// <summary>
/// What a watcher was told: the entries that it has, each with what it looked like. So whoever resumes is told the difference
/// and nothing else, whatever the order in which posts were delivered, on whatever replica. Some 900 bytes for a full window.
/// </summary>
/// <param name="ViewerKey">Whose stream, a <see cref="CursorKey"/>.</param>
/// <param name="Time">When it was given.</param>
/// <param name="Floor">Entries below it are not followed.</param>
/// <param name="Told">The looks of the entries, see <see cref="FeedWindow"/>.</param>
public sealed record WatchCursor(
    ulong ViewerKey,
    DateTimeOffset Time,
    PostId Floor,
    IReadOnlyCollection<KeyValuePair<PostId, uint>> Told
)
{
    private const byte Version = 1;

    // in base64, a full window with the longest numbers
    private const int MaxLength = 4 * (32 + (FeedWindow.Size * (9 + sizeof(uint)))) / 3;

    /// <exception cref="ServiceDefaults.Errors.DomainException"><c>INVALID_CURSOR</c>.</exception>
    public static WatchCursor Parse(string text)
    {
        var reader = new CursorReader(text, MaxLength);
        if (reader.ReadByte() != Version)
        {
            throw CursorReader.Foreign();
        }
        var viewer = reader.ReadUInt64();
        var time = reader.ReadTime();
        var floor = new PostId(reader.ReadNumber());
        var told = new List<KeyValuePair<PostId, uint>>(FeedWindow.Size);
        // each id is what the one before was, and more
        for (var last = 0L; !reader.IsAtEnd; )
        {
            var step = reader.ReadNumber();
            if (step < 1 || step > long.MaxValue - last || told.Count == FeedWindow.Size)
            {
                throw CursorReader.Foreign();
            }
            last += step;
            told.Add(new(new PostId(last), reader.ReadUInt32()));
        }
        return new WatchCursor(viewer, time, floor, told);
    }

    public override string ToString()
    {
        var writer = new CursorWriter(32 + (10 * Told.Count));
        writer.WriteByte(Version);
        writer.WriteUInt64(ViewerKey);
        writer.WriteNumber(Time.ToUnixTimeMilliseconds());
        writer.WriteNumber(Floor.Value);
        var last = 0L;
        foreach (var (id, look) in Told)
        {
            writer.WriteNumber(id.Value - last);
            writer.WriteUInt32(look);
            last = id.Value;
        }
        return writer.ToString();
    }
}
