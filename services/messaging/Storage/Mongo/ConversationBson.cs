using MongoDB.Bson;
using Platform.Messaging.Conversations;
using Schema = Platform.Messaging.Storage.Mongo.MessagingSchema;

namespace Platform.Messaging.Storage.Mongo;

/// <summary>Writes and reads documents of <c>conversations</c>.</summary>
internal static class ConversationBson
{
    /// <summary>All but what the newest message says beyond its preview: what views and decisions need.</summary>
    public static readonly BsonDocument PreviewFields = new()
    {
        [Schema.Kind] = 1,
        [Schema.Name] = 1,
        [Schema.Creator] = 1,
        [Schema.Created] = 1,
        [Schema.LastNumber] = 1,
        [Schema.LastActivity] = 1,
        [Schema.MembersVersion] = 1,
        [Schema.Members] = 1,
        [Schema.Start] = 1,
        [Schema.Revision] = 1,
        [Schema.Stamp] = 1,
        [Schema.FirstKept] = 1,
        [OfLastMessage(Schema.Deleted)] = 1,
        [OfLastMessage(Schema.Number)] = 1,
        [OfLastMessage(Schema.Kind)] = 1,
        [OfLastMessage(Schema.Sender)] = 1,
        [OfLastMessage(Schema.Created)] = 1,
        [OfLastMessage(Schema.RequestId)] = 1,
        [OfLastMessage(Schema.Fingerprint)] = 1,
        [OfLastMessage(Schema.Text)] = new BsonDocument(
            "$substrCP",
            new BsonArray { $"${OfLastMessage(Schema.Text)}", 0, MessagePreview.MaxLength }
        ),
    };

    public static BsonDocument Filter(string conversationId) => new(Schema.Id, conversationId);

    /// <summary>Only one that is not there: what has the id has a kind too.</summary>
    public static BsonDocument FilterAbsent(string conversationId) =>
        new() { [Schema.Id] = conversationId, [Schema.Kind] = new BsonDocument("$exists", false) };

    /// <summary>Only as it was read.</summary>
    public static BsonDocument Filter(ConversationState read) =>
        new() { [Schema.Id] = read.Id, [Schema.Revision] = read.Revision };

    /// <summary>What an insert of a conversation without messages sets, as an upsert that finds none.</summary>
    public static BsonDocument[] Insert(ConversationState conversation)
    {
        var fields = new BsonDocument
        {
            [Schema.Kind] = (int)conversation.Kind,
            [Schema.Creator] = Stamps.Literal(conversation.CreatorId),
            [Schema.Created] = Schema.TimeOf(conversation.CreateTime),
            [Schema.Name] = Stamps.Literal(conversation.Name),
            [Schema.LastNumber] = conversation.LastNumber,
            [Schema.LastActivity] = Schema.TimeOf(conversation.LastActivityTime),
            [Schema.MembersVersion] = conversation.MembersVersion,
            [Schema.Shape] = Stamps.Express(conversation.Shape),
        };
        fields.AddRange(MemberFields(conversation));
        fields.AddRange(AudienceFields(conversation));
        if (conversation.StartKey is { } start)
        {
            fields[Schema.Start] = start;
        }
        return Stamped(before: 0, count: 1, fields);
    }

    /// <summary>The update that an appended message is.</summary>
    public static BsonDocument[] SetAppended(ConversationState read, ConversationState next)
    {
        var fields = MemberFields(next);
        fields[Schema.LastNumber] = next.LastNumber;
        fields[Schema.LastActivity] = Schema.TimeOf(next.LastActivityTime);
        fields[Schema.LastMessage] = MessageBson.Express(next.LastMessage!);
        fields[Schema.BeforeLast] = next.BeforeLast;
        fields[Schema.CopiedChange] = next.CopiedChange;
        if (next.Shape != read.Shape)
        {
            fields[Schema.Name] = Stamps.Literal(next.Name);
            fields[Schema.MembersVersion] = next.MembersVersion;
            fields[Schema.Shape] = Stamps.Express(next.Shape);
            fields.AddRange(AudienceFields(next));
        }
        if (read.Oldest is null)
        {
            fields[Schema.Oldest] = Schema.TimeOf(next.Oldest!.Value);
        }
        return Stamped(read.Stamp, count: 2, fields);
    }

    /// <summary>The update that a moved read mark is.</summary>
    public static BsonDocument[] SetRead(ConversationState read, ConversationState next) =>
        Stamped(read.Stamp, count: 1, MemberFields(next));

    /// <summary>The update that changed messages, and what an erasure does with them, are.</summary>
    public static BsonDocument[] SetChanged(ConversationState read, ConversationState next)
    {
        var fields = MemberFields(next);
        fields.AddRange(AudienceFields(next));
        fields[Schema.MembersVersion] = next.MembersVersion;
        fields[Schema.Shape] = Stamps.Express(next.Shape);
        fields[Schema.CopiedChange] = next.CopiedChange;
        fields[Schema.Changes] = new BsonArray(next.Changes.Select(MessageBson.Express));
        if (next.LastMessage is { } last)
        {
            fields[Schema.LastMessage] = MessageBson.Express(last);
        }
        return Stamped(read.Stamp, next.Changes.Count + 1, fields);
    }

    /// <summary>The update that retention is; nobody is told of it, so it has no stamp.</summary>
    public static BsonDocument SetTrimmed(ConversationState next)
    {
        var fields = MemberFields(next);
        fields[Schema.FirstKept] = next.FirstKept;
        fields[Schema.Changes] = new BsonArray(next.Changes.Select(MessageBson.WriteFields));
        var update = new BsonDocument("$set", Plain(fields, next));
        if (next.LastMessage is null)
        {
            update["$unset"] = new BsonDocument(Schema.LastMessage, "");
        }
        return update;
    }

    /// <summary>The update that notes the age of the oldest message; null for none.</summary>
    public static BsonDocument SetOldest(ConversationState next, DateTimeOffset? oldest) =>
        oldest is { } time
            ? new BsonDocument(
                "$set",
                new BsonDocument
                {
                    [Schema.Oldest] = Schema.TimeOf(time),
                    [Schema.Revision] = next.Revision + 1,
                }
            )
            : new BsonDocument
            {
                ["$set"] = new BsonDocument(Schema.Revision, next.Revision + 1),
                ["$unset"] = new BsonDocument(Schema.Oldest, ""),
            };

    public static ConversationState Read(BsonDocument document)
    {
        var id = document[Schema.Id].AsString;
        var lastNumber = document[Schema.LastNumber].ToInt64();
        return new ConversationState
        {
            Id = id,
            Kind = (ConversationKind)document[Schema.Kind].ToInt32(),
            Name = document[Schema.Name].AsString,
            CreatorId = document[Schema.Creator].AsString,
            CreateTime = Schema.ReadTimeOf(document[Schema.Created]),
            LastNumber = lastNumber,
            LastActivityTime = Schema.ReadTimeOf(document[Schema.LastActivity]),
            MembersVersion = document[Schema.MembersVersion].ToInt64(),
            Revision = document[Schema.Revision].ToInt64(),
            Members =
            [
                .. document[Schema.Members]
                    .AsBsonArray.Select(member => ReadMember(member.AsBsonDocument)),
            ],
            // a projection leaves an empty one where there is none
            LastMessage =
                document.TryGetValue(Schema.LastMessage, out var last)
                && last.AsBsonDocument.Contains(Schema.Number)
                    ? MessageBson.Read(last.AsBsonDocument, id)
                    : null,
            Stamp = document.GetValue(Schema.Stamp, 0L).ToInt64(),
            Shape = document.GetValue(Schema.Shape, 0L).ToInt64(),
            BeforeLast = document.GetValue(Schema.BeforeLast, 0L).ToInt64(),
            CopiedChange = document.GetValue(Schema.CopiedChange, 0L).ToInt64(),
            FirstKept = document.GetValue(Schema.FirstKept, 1L).ToInt64(),
            Oldest = document.TryGetValue(Schema.Oldest, out var oldest)
                ? Schema.ReadTimeOf(oldest)
                : null,
            Changes =
            [
                .. ItemsOf(document, Schema.Changes)
                    .Select(message => MessageBson.Read(message.AsBsonDocument, id)),
            ],
            Former =
            [
                .. ItemsOf(document, Schema.Former)
                    .Select(former => new FormerMember(
                        former[Schema.MemberId].AsString,
                        former[Schema.Left].ToInt64(),
                        former[Schema.Erased].ToInt64()
                    )),
            ],
            StartKey = document.TryGetValue(Schema.Start, out var start) ? start.AsObjectId : null,
        };
    }

    private static string OfLastMessage(string field) => $"{Schema.LastMessage}.{field}";

    // The first stage gives the stamp, the second sets what refers to it.
    private static BsonDocument[] Stamped(long before, int count, BsonDocument fields) =>
        [
            new("$set", new BsonDocument(Schema.Stamp, Stamps.Give(before, count))),
            new("$set", fields),
        ];

    // without expressions: nothing in it has a stamp that is yet to be given
    private static BsonDocument Plain(BsonDocument fields, ConversationState conversation)
    {
        fields[Schema.Members] = new BsonArray(conversation.Members.Select(WriteMember));
        fields[Schema.UnreadBy] = UnreadBy(conversation);
        return fields;
    }

    private static BsonDocument MemberFields(ConversationState conversation) =>
        new()
        {
            [Schema.Members] = new BsonArray(conversation.Members.Select(ExpressMember)),
            [Schema.UnreadBy] = Stamps.Literal(UnreadBy(conversation)),
            [Schema.Revision] = conversation.Revision,
        };

    private static BsonArray UnreadBy(ConversationState conversation) =>
        new(
            conversation
                .Members.Where(member => member.Unread > 0 && !member.IsGone)
                .Select(member => member.MemberId)
        );

    private static BsonDocument AudienceFields(ConversationState conversation) =>
        new()
        {
            [Schema.Audience] = Stamps.Literal(new BsonArray(conversation.Audience)),
            [Schema.Former] = new BsonArray(
                conversation.Former.Select(former => new BsonDocument
                {
                    [Schema.MemberId] = Stamps.Literal(former.MemberId),
                    [Schema.Left] = Stamps.Express(former.Left),
                    [Schema.Erased] = former.Erased,
                })
            ),
        };

    private static BsonDocument ExpressMember(MemberState member) =>
        Stamps.IsPending(member.ReadStamp)
            ? new BsonDocument(
                "$mergeObjects",
                new BsonArray
                {
                    Stamps.Literal(WriteMember(member with { ReadStamp = 0 })),
                    new BsonDocument(Schema.ReadStamp, Stamps.Express(member.ReadStamp)),
                }
            )
            : Stamps.Literal(WriteMember(member));

    private static BsonDocument WriteMember(MemberState member)
    {
        var document = new BsonDocument
        {
            [Schema.MemberId] = member.MemberId,
            [Schema.Joined] = Schema.TimeOf(member.JoinTime),
            [Schema.AddedBy] = member.AddedById,
            [Schema.First] = member.FirstNumber,
            [Schema.Read] = member.ReadNumber,
            [Schema.Unread] = member.Unread,
        };
        if (member.ReadTime is { } time)
        {
            document[Schema.ReadTime] = Schema.TimeOf(time);
        }
        if (member.ReadStamp != 0)
        {
            document[Schema.ReadStamp] = member.ReadStamp;
        }
        if (member.IsGone)
        {
            document[Schema.Gone] = true;
        }
        return document;
    }

    private static MemberState ReadMember(BsonDocument document) =>
        new()
        {
            MemberId = document[Schema.MemberId].AsString,
            JoinTime = Schema.ReadTimeOf(document[Schema.Joined]),
            AddedById = document[Schema.AddedBy].AsString,
            FirstNumber = document[Schema.First].ToInt64(),
            ReadNumber = document[Schema.Read].ToInt64(),
            ReadTime = document.TryGetValue(Schema.ReadTime, out var time)
                ? Schema.ReadTimeOf(time)
                : null,
            Unread = document[Schema.Unread].ToInt64(),
            ReadStamp = document.GetValue(Schema.ReadStamp, 0L).ToInt64(),
            IsGone = document.Contains(Schema.Gone),
        };

    private static BsonArray ItemsOf(BsonDocument document, string field) =>
        document.TryGetValue(field, out var items) ? items.AsBsonArray : [];
}
