using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Platform.Messaging.Messages;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>A place among messages of several conversations: by time, then by conversation and number.</summary>
internal sealed record SearchPosition(long Time, string ConversationId, long Number)
    : IComparable<SearchPosition>
{
    public static SearchPosition Of(StoredMessage message) =>
        new(message.CreateTime.ToUnixTimeMilliseconds(), message.ConversationId, message.Number);

    /// <exception cref="FormatException">It is none.</exception>
    public static SearchPosition Parse(string text) =>
        text.Split('.') is [var time, { Length: > 0 } id, var number]
        && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var moment)
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var which)
        && Base64Url.IsValid(id)
            ? new SearchPosition(
                moment,
                Encoding.UTF8.GetString(Base64Url.DecodeFromChars(id)),
                which
            )
            : throw new FormatException("Not a position of this search.");

    public int CompareTo(SearchPosition? other)
    {
        if (other is null)
        {
            return 1;
        }
        var byTime = Time.CompareTo(other.Time);
        var byConversation =
            byTime != 0 ? byTime : string.CompareOrdinal(ConversationId, other.ConversationId);
        return byConversation != 0 ? byConversation : Number.CompareTo(other.Number);
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Time}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(ConversationId))}.{Number}"
        );
}
