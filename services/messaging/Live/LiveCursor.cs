using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Messaging.Live;

/// <summary>
/// Where a stream stands: everything up to the floor was sent, and of the conversations that changed since, everything up to a stamp of
/// each. Changes of different conversations become visible only nearly in their order, so the floor stays behind by what may still
/// come; what is named beyond it is what was sent of that time. So nothing is missed and nothing is sent twice.
/// </summary>
/// <param name="MemberKey">Whose stream, a <see cref="CursorKey"/>.</param>
/// <param name="FilterKey">Of the conversations it is narrowed to, see <see cref="KeyOf"/>: a stream of others has sent other things.</param>
/// <param name="Time">When it was given.</param>
/// <param name="Floor">The stamp up to which everything was sent.</param>
/// <param name="Beyond">For a conversation, by <see cref="CursorKey"/>, the stamp up to which everything of it was sent.</param>
public sealed record LiveCursor(
    ulong MemberKey,
    ulong FilterKey,
    DateTimeOffset Time,
    long Floor,
    IReadOnlyDictionary<ulong, long> Beyond
)
{
    private const byte Version = 2;

    // a cursor is text that a client keeps; one that long is none of ours
    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>The key of a set of conversations, in whatever order; 0 for all of them.</summary>
    public static ulong KeyOf(IReadOnlyCollection<string> conversationIds) =>
        conversationIds.Count == 0
            ? 0
            : CursorKey.Of(
                string.Join('\n', conversationIds.Distinct().Order(StringComparer.Ordinal))
            );

    /// <exception cref="DomainException"><see cref="ErrorReason.InvalidCursor"/>.</exception>
    public static LiveCursor Parse(string text)
    {
        var reader = new CursorReader(text, MaxLength);
        if (reader.ReadByte() != Version)
        {
            throw CursorReader.Foreign();
        }
        var member = reader.ReadUInt64();
        var filter = reader.ReadUInt64();
        var time = reader.ReadTime();
        var floor = reader.ReadNumber();
        var beyond = new Dictionary<ulong, long>();
        while (!reader.IsAtEnd)
        {
            beyond[reader.ReadUInt64()] = floor + reader.ReadNumber();
        }
        return new LiveCursor(member, filter, time, floor, beyond);
    }

    public override string ToString()
    {
        var writer = new CursorWriter(40 + (20 * Beyond.Count));
        writer.WriteByte(Version);
        writer.WriteUInt64(MemberKey);
        writer.WriteUInt64(FilterKey);
        writer.WriteNumber(Time.ToUnixTimeMilliseconds());
        writer.WriteNumber(Floor);
        foreach (var (key, stamp) in Beyond)
        {
            writer.WriteUInt64(key);
            writer.WriteNumber(stamp - Floor);
        }
        return writer.ToString();
    }
}
