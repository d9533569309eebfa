using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;
using ConversationMember = Platform.Messaging.V1.ConversationMember;
using MessageKind = Platform.Messaging.V1.MessageKind;
using MessagePreview = Platform.Messaging.V1.MessagePreview;

namespace Platform.Messaging;

/// <summary>Translates between the contract and the handlers. What is not overridden answers NOT_IMPLEMENTED.</summary>
public sealed class MessagingGrpcService(
    ConversationsHandler conversations,
    MessagesHandler messages,
    TimeProvider time
) : MessagingService.MessagingServiceBase
{
    private const int MaxUrlLength = 2048;
    private const int MaxLinkTitleLength = 200;

    // doubles and the acting member do not count as members, but they do not come without end
    private const int MaxIds = 2 * ConversationsHandler.MaxMembers;

    public override async Task<StartConversationResponse> StartConversation(
        StartConversationRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .Text("name", request.Name, ConversationsHandler.MaxNameLength)
            .MemberIds("other_member_ids", request.OtherMemberIds)
            .Batch("other_member_ids", request.OtherMemberIds.Count, MaxIds)
            .ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        content.ConnectionsConsistency = null;
        var started = await conversations.StartAsync(
            member,
            request.OtherMemberIds,
            request.Name,
            request.RequestId,
            FingerprintOf(content, request.RequestId),
            RevisionOf(request.ConnectionsConsistency),
            context.CancellationToken
        );
        return new StartConversationResponse
        {
            Conversation = ToProto(started.Conversation, member),
            Created = started.Created,
            Revision = Revisions.Of(time.GetUtcNow()),
        };
    }

    public override async Task<GetConversationResponse> GetConversation(
        GetConversationRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        Validate(member, request.ConversationId).ThrowIfInvalid();
        Revisions.EnsureReached(request.Consistency);
        var conversation = await conversations.GetAsync(
            request.ConversationId,
            member,
            context.CancellationToken
        );
        return new GetConversationResponse { Conversation = ToProto(conversation, member) };
    }

    public override async Task<ListConversationsResponse> ListConversations(
        ListConversationsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        var limit = validator.PageSize(
            request.PageSize,
            ConversationsHandler.DefaultPageSize,
            ConversationsHandler.MaxPageSize
        );
        validator.ThrowIfInvalid();
        Revisions.EnsureReached(request.Consistency);
        var scope = $"ListConversations|{member}|{request.UnreadOnly}";
        var page = await conversations.ListAsync(
            member,
            PageToken.Decode(scope, request.PageToken),
            limit,
            request.UnreadOnly,
            context.CancellationToken
        );
        return new ListConversationsResponse
        {
            Conversations =
            {
                page.Conversations.Select(conversation => ToProto(conversation, member)),
            },
            NextPageToken = PageToken.Encode(scope, page.Next),
        };
    }

    public override async Task<RenameConversationResponse> RenameConversation(
        RenameConversationRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        Validate(member, request.ConversationId)
            .RequestId(request.RequestId)
            .Text("name", request.Name, ConversationsHandler.MaxNameLength)
            .ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        var conversation = await conversations.RenameAsync(
            new(
                request.ConversationId,
                member,
                request.RequestId,
                FingerprintOf(content, request.RequestId)
            ),
            request.Name,
            context.CancellationToken
        );
        return new RenameConversationResponse
        {
            Conversation = ToProto(conversation, member),
            Revision = Revisions.Of(conversation.LastActivityTime),
        };
    }

    public override async Task<AddConversationMembersResponse> AddConversationMembers(
        AddConversationMembersRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        Validate(member, request.ConversationId)
            .RequestId(request.RequestId)
            .MemberIds("added_member_ids", request.AddedMemberIds)
            .Batch("added_member_ids", request.AddedMemberIds.Count, MaxIds)
            .ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        content.ConnectionsConsistency = null;
        var conversation = await conversations.AddMembersAsync(
            new(
                request.ConversationId,
                member,
                request.RequestId,
                FingerprintOf(content, request.RequestId)
            ),
            request.AddedMemberIds,
            RevisionOf(request.ConnectionsConsistency),
            context.CancellationToken
        );
        return new AddConversationMembersResponse
        {
            Conversation = ToProto(conversation, member),
            Revision = Revisions.Of(conversation.LastActivityTime),
        };
    }

    public override async Task<LeaveConversationResponse> LeaveConversation(
        LeaveConversationRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        Validate(member, request.ConversationId).RequestId(request.RequestId).ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        await conversations.LeaveAsync(
            new(
                request.ConversationId,
                member,
                request.RequestId,
                FingerprintOf(content, request.RequestId)
            ),
            context.CancellationToken
        );
        return new LeaveConversationResponse { Revision = Revisions.Of(time.GetUtcNow()) };
    }

    public override async Task<SendMessageResponse> SendMessage(
        SendMessageRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = Validate(member, request.ConversationId)
            .RequestId(request.RequestId)
            .Text("text", request.Text, MessagesHandler.MaxTextLength, required: true);
        ValidateLinks(validator, request.Links);
        validator.ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        content.ConnectionsConsistency = null;
        var message = await messages.SendAsync(
            new(
                request.ConversationId,
                member,
                request.RequestId,
                FingerprintOf(content, request.RequestId)
            ),
            request.Text,
            [.. request.Links.Select(link => new MessageLink(link.Url, link.Title))],
            RevisionOf(request.ConnectionsConsistency),
            context.CancellationToken
        );
        return new SendMessageResponse
        {
            Message = ToProto(message),
            Revision = Revisions.Of(message.CreateTime),
        };
    }

    public override async Task<ListMessagesResponse> ListMessages(
        ListMessagesRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = Validate(member, request.ConversationId).Optional("order", request.Order);
        var limit = validator.PageSize(
            request.PageSize,
            MessagesHandler.DefaultPageSize,
            MessagesHandler.MaxPageSize
        );
        if (request.StartNumber < 0)
        {
            validator.Add("start_number", "must not be negative");
        }
        validator.ThrowIfInvalid();
        Revisions.EnsureReached(request.Consistency);
        var newestFirst = request.Order != MessageOrder.OldestFirst;
        var scope =
            $"ListMessages|{member}|{request.ConversationId}|{newestFirst}|{request.StartNumber}";
        var page = await messages.ListAsync(
            request.ConversationId,
            member,
            PageToken.Decode(scope, request.PageToken) is { } position
                ? ParseNumber(position)
                : request.StartNumber,
            newestFirst,
            limit,
            context.CancellationToken
        );
        return new ListMessagesResponse
        {
            Messages = { page.Messages.Select(ToProto) },
            NextPageToken = PageToken.Encode(
                scope,
                page.NextNumber?.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ),
            LastNumber = page.LastNumber,
        };
    }

    public override async Task<GetMessageResponse> GetMessage(
        GetMessageRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        ValidateNumber(Validate(member, request.ConversationId), request.Number).ThrowIfInvalid();
        Revisions.EnsureReached(request.Consistency);
        var message = await messages.GetAsync(
            request.ConversationId,
            member,
            request.Number,
            context.CancellationToken
        );
        return new GetMessageResponse { Message = ToProto(message) };
    }

    public override async Task<MarkReadResponse> MarkRead(
        MarkReadRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        ValidateNumber(Validate(member, request.ConversationId), request.Number)
            .RequestId(request.RequestId)
            .ThrowIfInvalid();
        var mark = await messages.MarkReadAsync(
            request.ConversationId,
            member,
            request.Number,
            context.CancellationToken
        );
        return new MarkReadResponse
        {
            ReadNumber = mark.ReadNumber,
            UnreadCount = mark.UnreadCount,
            Revision = Revisions.Of(time.GetUtcNow()),
        };
    }

    public override async Task<GetUnreadCountsResponse> GetUnreadCounts(
        GetUnreadCountsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator().MemberId("member_id", member).ThrowIfInvalid();
        Revisions.EnsureReached(request.Consistency);
        var counts = await messages.CountUnreadAsync(member, context.CancellationToken);
        return new GetUnreadCountsResponse
        {
            UnreadConversationCount = counts.Conversations,
            UnreadMessageCount = counts.Messages,
        };
    }

    private static RequestValidator Validate(string member, string conversationId)
    {
        var validator = new RequestValidator().MemberId("member_id", member);
        return ConversationIds.IsValid(conversationId)
            ? validator
            : validator.Add("conversation_id", "must be 1-160 of A-Z a-z 0-9 _ - . ~");
    }

    private static RequestValidator ValidateNumber(RequestValidator validator, long number) =>
        number > 0 ? validator : validator.Add("number", "must be at least 1");

    private static void ValidateLinks(RequestValidator validator, RepeatedField<Link> links)
    {
        if (links.Count > MessagesHandler.MaxLinks)
        {
            validator.Add("links", $"at most {MessagesHandler.MaxLinks}");
        }
        for (var index = 0; index < links.Count; index++)
        {
            var url = links[index].Url;
            if (
                url.Length > MaxUrlLength
                || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
                || uri.Scheme != Uri.UriSchemeHttps
            )
            {
                validator.Add(
                    $"links[{index}].url",
                    $"must be an absolute https address of at most {MaxUrlLength} characters"
                );
            }
            validator.Text($"links[{index}].title", links[index].Title, MaxLinkTitleLength);
        }
    }

    private static long ParseNumber(string position) =>
        long.TryParse(
            position,
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : throw PageToken.Foreign();

    // who acts is part of the content, however it was said; how fresh the gate must be is not
    private static string FingerprintOf(Google.Protobuf.IMessage content, string requestId) =>
        requestId.Length == 0 ? "" : RequestFingerprint.Of(content);

    private static string RevisionOf(Consistency? consistency) =>
        consistency?.AtLeastRevision ?? "";

    private static Conversation ToProto(ConversationView view, string member) =>
        new()
        {
            ConversationId = view.Id,
            Kind = (V1.ConversationKind)view.Kind,
            Name = view.Name,
            Members = { view.Members.Select(one => ToProto(one, member)) },
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

    private static ConversationMember ToProto(Conversations.ConversationMember one, string viewer)
    {
        var member = new ConversationMember
        {
            MemberId = one.MemberId,
            JoinTime = one.JoinTime.ToTimestamp(),
            AddedById = one.AddedById,
        };
        // nobody else's until a member can say no to read receipts
        if (one.MemberId == viewer)
        {
            member.ReadNumber = one.ReadNumber;
        }
        return member;
    }

    private static Message ToProto(StoredMessage message) =>
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
}
