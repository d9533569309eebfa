using System.Globalization;
using MongoDB.Bson;
using Platform.Messaging.Messages;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>Writes and reads messages, in <c>messages</c> and in the document of their conversation.</summary>
internal static class MessageBson
{
    /// <summary>The document of <c>messages</c>.</summary>
    public static BsonDocument Write(MessageRecord record)
    {
        var document = new BsonDocument
        {
            [Schema.Id] = string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Message.ConversationId}|{record.Message.Number}"
            ),
            [Schema.Conversation] = record.Message.ConversationId,
        };
        document.AddRange(WriteFields(record));
        return document;
    }

    /// <summary>What stands in both places.</summary>
    public static BsonDocument WriteFields(MessageRecord record)
    {
        var message = record.Message;
        var document = new BsonDocument
        {
            [Schema.Number] = message.Number,
            [Schema.Kind] = (int)message.Kind,
            [Schema.Sender] = message.SenderId,
            [Schema.Text] = message.Text,
            [Schema.Created] = Schema.TimeOf(message.CreateTime),
        };
        if (message.Links.Count > 0)
        {
            document[Schema.Links] = new BsonArray(
                message.Links.Select(link => new BsonDocument
                {
                    [Schema.Url] = link.Url,
                    [Schema.Title] = link.Title,
                })
            );
        }
        if (message.AffectedMemberIds.Count > 0)
        {
            document[Schema.Affected] = new BsonArray(message.AffectedMemberIds);
        }
        if (record.RequestId.Length > 0)
        {
            document[Schema.RequestId] = record.RequestId;
            document[Schema.Fingerprint] = record.Fingerprint;
        }
        return document;
    }

    public static MessageRecord Read(BsonDocument document, string conversationId) =>
        new(
            new StoredMessage
            {
                ConversationId = conversationId,
                Number = document[Schema.Number].ToInt64(),
                Kind = (MessageKind)document[Schema.Kind].ToInt32(),
                SenderId = document[Schema.Sender].AsString,
                Text = document[Schema.Text].AsString,
                Links =
                [
                    .. ItemsOf(document, Schema.Links)
                        .Select(link => new MessageLink(
                            link[Schema.Url].AsString,
                            link[Schema.Title].AsString
                        )),
                ],
                AffectedMemberIds =
                [
                    .. ItemsOf(document, Schema.Affected).Select(member => member.AsString),
                ],
                CreateTime = Schema.ReadTimeOf(document[Schema.Created]),
            },
            document.GetValue(Schema.RequestId, "").AsString,
            document.GetValue(Schema.Fingerprint, "").AsString
        );

    /// <summary>The messages of a conversation in a range of numbers, both ends included.</summary>
    public static BsonDocument Filter(string conversationId, long low, long high) =>
        new()
        {
            [Schema.Conversation] = conversationId,
            [Schema.Number] = new BsonDocument { ["$gte"] = low, ["$lte"] = high },
        };

    /// <summary>The message that a request stored.</summary>
    public static BsonDocument Filter(string conversationId, string senderId, string requestId) =>
        new()
        {
            [Schema.Conversation] = conversationId,
            [Schema.Sender] = senderId,
            [Schema.RequestId] = requestId,
        };

    private static BsonArray ItemsOf(BsonDocument document, string field) =>
        document.TryGetValue(field, out var items) ? items.AsBsonArray : [];
}
