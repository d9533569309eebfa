using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MongoDB.Bson;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>A place in a member's list of conversations: after the one with this activity and id.</summary>
internal sealed record ListPosition(long Activity, string ConversationId)
{
    /// <summary>Newest activity first; of one instant, the greater id first.</summary>
    public static readonly BsonDocument Order = new()
    {
        [Schema.LastActivity] = -1,
        [Schema.Id] = -1,
    };

    public static ListPosition Of(ConversationState conversation) =>
        new(conversation.LastActivityTime.ToUnixTimeMilliseconds(), conversation.Id);

    /// <exception cref="FormatException">It is none.</exception>
    public static ListPosition Parse(string text) =>
        text.Split('.') is [var activity, { Length: > 0 } id]
        && long.TryParse(activity, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && Base64Url.IsValid(id)
            ? new ListPosition(time, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(id)))
            : throw new FormatException("Not a position of this list.");

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Activity}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(ConversationId))}"
        );

    /// <summary>Narrows a filter to what comes after this place.</summary>
    public void Narrow(BsonDocument filter)
    {
        var time = new BsonDateTime(Activity);
        // the first alone bounds the range of the index
        filter[Schema.LastActivity] = new BsonDocument("$lte", time);
        filter["$or"] = new BsonArray
        {
            new BsonDocument(Schema.LastActivity, new BsonDocument("$lt", time)),
            new BsonDocument(Schema.Id, new BsonDocument("$lt", ConversationId)),
        };
    }
}
