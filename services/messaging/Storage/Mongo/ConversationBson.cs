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

    /// <summary>Only as it was read.</summary>
    public static BsonDocument Filter(ConversationState read) =>
        new() { [Schema.Id] = read.Id, [Schema.Revision] = read.Revision };

    /// <summary>The whole document of a conversation without messages.</summary>
    public static BsonDocument Write(ConversationState conversation)
    {
        var document = new BsonDocument
        {
            [Schema.Id] = conversation.Id,
            [Schema.Kind] = (int)conversation.Kind,
            [Schema.Creator] = conversation.CreatorId,
            [Schema.Created] = Schema.TimeOf(conversation.CreateTime),
            [Schema.Name] = conversation.Name,
            [Schema.LastNumber] = conversation.LastNumber,
            [Schema.LastActivity] = Schema.TimeOf(conversation.LastActivityTime),
            [Schema.MembersVersion] = conversation.MembersVersion,
        };
        document.AddRange(MemberFields(conversation));
        if (conversation.StartKey is { } start)
        {
            document[Schema.Start] = start;
        }
        return document;
    }

    /// <summary>The update that an appended message is.</summary>
    public static BsonDocument SetAppended(ConversationState next)
    {
        var fields = MemberFields(next);
        fields[Schema.Name] = next.Name;
        fields[Schema.LastNumber] = next.LastNumber;
        fields[Schema.LastActivity] = Schema.TimeOf(next.LastActivityTime);
        fields[Schema.MembersVersion] = next.MembersVersion;
        fields[Schema.LastMessage] = MessageBson.WriteFields(next.LastMessage!);
        return new BsonDocument("$set", fields);
    }

    /// <summary>The update that a moved read mark is.</summary>
    public static BsonDocument SetRead(ConversationState next) => new("$set", MemberFields(next));

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
                lastNumber == 0
                    ? null
                    : MessageBson.Read(document[Schema.LastMessage].AsBsonDocument, id),
            StartKey = document.TryGetValue(Schema.Start, out var start) ? start.AsObjectId : null,
        };
    }

    private static string OfLastMessage(string field) => $"{Schema.LastMessage}.{field}";

    private static BsonDocument MemberFields(ConversationState conversation) =>
        new()
        {
            [Schema.Members] = new BsonArray(conversation.Members.Select(WriteMember)),
            [Schema.UnreadBy] = new BsonArray(
                conversation
                    .Members.Where(member => member.Unread > 0)
                    .Select(member => member.MemberId)
            ),
            [Schema.Revision] = conversation.Revision,
        };

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
        };
}
