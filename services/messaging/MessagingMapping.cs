using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Platform.Messaging.V1;
using ConversationMember = Platform.Messaging.V1.ConversationMember;
using MessageKind = Platform.Messaging.V1.MessageKind;
using MessagePreview = Platform.Messaging.V1.MessagePreview;
using ReadMark = Platform.Messaging.V1.ReadMark;

namespace Platform.Messaging;

/// <summary>What messaging keeps, in the words of the contract.</summary>
internal static class MessagingMapping
{
    public static Conversation ToProto(ConversationView view, string viewer) =>
        new()
        {
            ConversationId = view.Id,
            Kind = (V1.ConversationKind)view.Kind,
            Name = view.Name,
            Members = { view.Members.Select(one => ToProto(one, viewer)) },
            CreatorId = view.CreatorId,
            CreateTime = view.CreateTime.ToTimestamp(),
            LastNumber = view.LastNumber,
            LastActivityTime = view.LastActivityTime.ToTimestamp(),
            LastMessage = view.LastMessage is { } last
                ? new MessagePreview
                {
                    Number = last.Number,
                    Kind = (MessageKind)last.Kind,
                    SenderId = last.SenderId,
                    Snippet = last.Snippet,
                    CreateTime = last.CreateTime.ToTimestamp(),
                    Deleted = last.Deleted,
                }
                : null,
            FirstNumber = view.FirstNumber,
            ReadNumber = view.ReadNumber,
            UnreadCount = view.UnreadCount,
        };

    public static Message ToProto(StoredMessage message) =>
        new()
        {
            ConversationId = message.ConversationId,
            Number = message.Number,
            Kind = (MessageKind)message.Kind,
            SenderId = message.SenderId,
            Text = message.Text,
            Links =
            {
                message.Links.Select(link => new Link { Url = link.Url, Title = link.Title }),
            },
            AffectedMemberIds = { message.AffectedMemberIds },
            CreateTime = message.CreateTime.ToTimestamp(),
            EditTime = message.EditTime?.ToTimestamp(),
            DeleteTime = message.DeleteTime?.ToTimestamp(),
        };

    public static List<MessageLink> ToDomain(IEnumerable<Link> links) =>
        [.. links.Select(link => new MessageLink(link.Url, link.Title))];

    /// <summary>A message that was found, and where the words stand in it.</summary>
    public static SearchHit ToHit(StoredMessage message, IReadOnlyList<string> words) =>
        new()
        {
            Message = ToProto(message),
            Ranges =
            {
                SearchWords
                    .Of(message.Text)
                    .Where(word => words.Contains(word.Folded))
                    .Select(word => new TextRange { Start = word.Start, Length = word.Length }),
            },
        };

    /// <summary>What a search that is not complete lacks: older conversations, or what is not indexed yet.</summary>
    public static Completeness ToProto(bool isComplete) =>
        isComplete
            ? new Completeness { Complete = true }
            : new Completeness
            {
                Gaps =
                {
                    new Gap { Source = "messages", Reason = "NOT_SEARCHED" },
                },
            };

    public static MessagingSettings ToProto(MemberSettings settings) =>
        new()
        {
            ReadReceipts = settings.ReadReceipts,
            TypingIndicators = settings.TypingIndicators,
            NoteOpensConversation = settings.NoteOpensConversation,
        };

    public static SubscribeResponse ToProto(LiveEvent sent, string viewer, DateTimeOffset now)
    {
        var response = new SubscribeResponse { Cursor = sent.Cursor ?? "" };
        if (sent.TypistId is { } typist)
        {
            response.Typing = new Typing
            {
                ConversationId = sent.ConversationId,
                MemberId = typist,
                Ttl = LiveHandler.TypingShown.ToDuration(),
            };
            return response;
        }
        switch (sent.Change)
        {
            case null:
                response.Heartbeat = new Heartbeat { Time = now.ToTimestamp() };
                break;
            case { Kind: ChangeKind.MessageSent, Message: { } message }:
                response.MessageSent = ToProto(message);
                break;
            case { Kind: ChangeKind.MessageChanged, Message: { } message }:
                response.MessageChanged = ToProto(message);
                break;
            case { Kind: ChangeKind.ReadMoved, Reader: { } reader } change:
                response.ReadMoved = new ReadMark
                {
                    ConversationId = sent.ConversationId,
                    MemberId = reader.MemberId,
                    ReadNumber = reader.ReadNumber ?? 0,
                    ReadTime = change.ReadTime.ToTimestamp(),
                };
                break;
            case { Kind: ChangeKind.ConversationChanged, Conversation: { } conversation }:
                response.ConversationChanged = ToProto(conversation, viewer);
                break;
            default:
                response.ConversationLeft = new ConversationLeft
                {
                    ConversationId = sent.ConversationId,
                };
                break;
        }
        return response;
    }

    private static ConversationMember ToProto(Conversations.ConversationMember one, string viewer)
    {
        var member = new ConversationMember
        {
            MemberId = one.MemberId,
            JoinTime = one.JoinTime.ToTimestamp(),
            AddedById = one.AddedById,
        };
        if ((one.ReadNumber ?? (one.MemberId == viewer ? 0 : null)) is { } read)
        {
            member.ReadNumber = read;
        }
        return member;
    }
}
