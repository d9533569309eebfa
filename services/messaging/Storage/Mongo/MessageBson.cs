using System.Globalization;
using MongoDB.Bson;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>Writes and reads messages, in <c>messages</c> and in the document of their conversation.</summary>
internal static class MessageBson
{
    // each is an entry of an index; a text that has more is longer than anybody looks through
    private const int MaxWords = 500;

    /// <summary>The document of <c>messages</c>.</summary>
    public static BsonDocument Write(MessageRecord record)
    {
        var document = new BsonDocument
        {
            [Schema.Id] = IdOf(record),
            [Schema.Conversation] = record.Message.ConversationId,
        };
        document.AddRange(WriteFields(record));
        var words = record.IsSearchable ? SearchWords.Distinct(record.Message.Text) : [];
        if (words.Count > 0)
        {
            document[Schema.Words] = new BsonArray(words.Take(MaxWords));
        }
        return document;
    }

    /// <summary>What stands in both places.</summary>
    public static BsonDocument WriteFields(MessageRecord record)
    {
        var document = WriteContent(record);
        document[Schema.Sent] = record.Sent;
        if (record.Changed != 0)
        {
            document[Schema.Changed] = record.Changed;
        }
        return document;
    }

    /// <summary>The expression of it in an update, in which stamps may be yet to be given.</summary>
    public static BsonValue Express(MessageRecord record)
    {
        if (!Stamps.IsPending(record.Sent) && !Stamps.IsPending(record.Changed))
        {
            return Stamps.Literal(WriteFields(record));
        }
        var stamps = new BsonDocument(Schema.Sent, Stamps.Express(record.Sent));
        if (record.Changed != 0)
        {
            stamps[Schema.Changed] = Stamps.Express(record.Changed);
        }
        return new BsonDocument(
            "$mergeObjects",
            new BsonArray { Stamps.Literal(WriteContent(record)), stamps }
        );
    }

    private static BsonDocument WriteContent(MessageRecord record)
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
        if (message.Version > 0)
        {
            document[Schema.Version] = message.Version;
        }
        if (message.EditTime is { } edited)
        {
            document[Schema.Edited] = Schema.TimeOf(edited);
        }
        if (message.DeleteTime is { } deleted)
        {
            document[Schema.Deleted] = Schema.TimeOf(deleted);
        }
        if (message.Edits.Count > 0)
        {
            document[Schema.Edits] = new BsonArray(
                message.Edits.Select(edit => new BsonDocument
                {
                    [Schema.RequestId] = edit.RequestId,
                    [Schema.Fingerprint] = edit.Fingerprint,
                    [Schema.Time] = Schema.TimeOf(edit.Time),
                })
            );
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
                EditTime = TimeOrNull(document, Schema.Edited),
                DeleteTime = TimeOrNull(document, Schema.Deleted),
                Version = document.GetValue(Schema.Version, 0L).ToInt64(),
                Edits =
                [
                    .. ItemsOf(document, Schema.Edits)
                        .Select(edit => new EditRequest(
                            edit[Schema.RequestId].AsString,
                            edit[Schema.Fingerprint].AsString,
                            Schema.ReadTimeOf(edit[Schema.Time])
                        )),
                ],
            },
            document.GetValue(Schema.RequestId, "").AsString,
            document.GetValue(Schema.Fingerprint, "").AsString
        )
        {
            Sent = document.GetValue(Schema.Sent, 0L).ToInt64(),
            Changed = document.GetValue(Schema.Changed, 0L).ToInt64(),
        };

    /// <summary>The messages of a conversation in a range of numbers, both ends included.</summary>
    public static BsonDocument Filter(string conversationId, long low, long high) =>
        new()
        {
            [Schema.Conversation] = conversationId,
            [Schema.Number] = new BsonDocument { ["$gte"] = low, ["$lte"] = high },
        };

    /// <summary>One message, for a router too, if it stands there in a lower version.</summary>
    public static BsonDocument FilterOlder(MessageRecord record) =>
        new()
        {
            [Schema.Id] = IdOf(record),
            [Schema.Conversation] = record.Message.ConversationId,
            [Schema.Number] = record.Message.Number,
            [Schema.Version] = new BsonDocument(
                "$not",
                new BsonDocument("$gte", record.Message.Version)
            ),
        };

    /// <summary>The message that a request stored.</summary>
    public static BsonDocument Filter(string conversationId, string senderId, string requestId) =>
        new()
        {
            [Schema.Conversation] = conversationId,
            [Schema.Sender] = senderId,
            [Schema.RequestId] = requestId,
        };

    private static string IdOf(MessageRecord record) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Message.ConversationId}|{record.Message.Number}"
        );

    private static DateTimeOffset? TimeOrNull(BsonDocument document, string field) =>
        document.TryGetValue(field, out var time) ? Schema.ReadTimeOf(time) : null;

    private static BsonArray ItemsOf(BsonDocument document, string field) =>
        document.TryGetValue(field, out var items) ? items.AsBsonArray : [];
}
