using MongoDB.Bson;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>Writes and reads documents of <c>starts</c>.</summary>
internal static class StartBson
{
    // neither a member id nor a request id holds the bar
    public static string IdOf(string memberId, string requestId) => $"{memberId}|{requestId}";

    /// <summary>The start of a request if it still counts.</summary>
    /// <param name="id">See <see cref="IdOf"/>.</param>
    /// <param name="after">What is as old as this does not count any more.</param>
    public static BsonDocument FilterCounting(string id, DateTimeOffset after) =>
        new() { [Schema.Id] = id, [Schema.Time] = new BsonDocument("$gt", Schema.TimeOf(after)) };

    /// <summary>The start of a request if it does not count any more.</summary>
    public static BsonDocument FilterLapsed(string id, DateTimeOffset after) =>
        new() { [Schema.Id] = id, [Schema.Time] = new BsonDocument("$lte", Schema.TimeOf(after)) };

    public static BsonDocument Set(StartRecord start) =>
        new()
        {
            ["$set"] = new BsonDocument
            {
                [Schema.Conversation] = start.ConversationId,
                [Schema.Fingerprint] = start.Fingerprint,
                [Schema.Time] = Schema.TimeOf(start.Time),
                [Schema.Key] = start.Key,
            },
            ["$currentDate"] = new BsonDocument(Schema.Stored, true),
        };

    public static StartRecord Read(BsonDocument document) =>
        new(
            document[Schema.Conversation].AsString,
            document[Schema.Fingerprint].AsString,
            Schema.ReadTimeOf(document[Schema.Time]),
            document[Schema.Key].AsObjectId
        );
}
