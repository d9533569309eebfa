using Google.Protobuf.Collections;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Platform.Messaging.Storage;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates between the contract and the handlers.</summary>
public sealed class MessagingGrpcService(
    ConversationsHandler conversations,
    MessagesHandler messages,
    SearchHandler search,
    LiveHandler live,
    SettingsHandler settings,
    Eraser eraser,
    IHostApplicationLifetime lifetime,
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
            Conversation = MessagingMapping.ToProto(started.Conversation, member),
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
        return new GetConversationResponse
        {
            Conversation = MessagingMapping.ToProto(conversation, member),
        };
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
                page.Conversations.Select(conversation =>
                    MessagingMapping.ToProto(conversation, member)
                ),
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
            Conversation = MessagingMapping.ToProto(conversation, member),
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
            Conversation = MessagingMapping.ToProto(conversation, member),
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
            )
            {
                Tier = context.GetCaller().Tier,
            },
            request.Text,
            [.. request.Links.Select(link => new MessageLink(link.Url, link.Title))],
            RevisionOf(request.ConnectionsConsistency),
            context.CancellationToken
        );
        return new SendMessageResponse
        {
            Message = MessagingMapping.ToProto(message),
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
            Messages = { page.Messages.Select(MessagingMapping.ToProto) },
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
        return new GetMessageResponse { Message = MessagingMapping.ToProto(message) };
    }

    public override async Task<EditMessageResponse> EditMessage(
        EditMessageRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = ValidateNumber(Validate(member, request.ConversationId), request.Number)
            .RequestId(request.RequestId)
            .Text("text", request.Text, MessagesHandler.MaxTextLength, required: true);
        ValidateLinks(validator, request.Links);
        validator.ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        content.ConnectionsConsistency = null;
        var message = await messages.EditAsync(
            new(
                request.ConversationId,
                member,
                request.RequestId,
                FingerprintOf(content, request.RequestId)
            ),
            request.Number,
            request.Text,
            [.. request.Links.Select(link => new MessageLink(link.Url, link.Title))],
            RevisionOf(request.ConnectionsConsistency),
            context.CancellationToken
        );
        return new EditMessageResponse
        {
            Message = MessagingMapping.ToProto(message),
            Revision = Revisions.Of(time.GetUtcNow()),
        };
    }

    public override async Task<DeleteMessageResponse> DeleteMessage(
        DeleteMessageRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        ValidateNumber(Validate(member, request.ConversationId), request.Number)
            .RequestId(request.RequestId)
            .ThrowIfInvalid();
        var message = await messages.DeleteAsync(
            request.ConversationId,
            member,
            request.Number,
            context.CancellationToken
        );
        return new DeleteMessageResponse
        {
            Message = MessagingMapping.ToProto(message),
            Revision = Revisions.Of(time.GetUtcNow()),
        };
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

    public override async Task<SearchMessagesResponse> SearchMessages(
        SearchMessagesRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator()
            .MemberId("member_id", member)
            .OptionalMemberId("sender_id", request.SenderId)
            .Text("query", request.Query, SearchHandler.MaxQueryLength, required: true);
        if (request.ConversationId.Length > 0)
        {
            ValidateConversation(validator, "conversation_id", request.ConversationId);
        }
        var limit = validator.PageSize(
            request.PageSize,
            SearchHandler.DefaultPageSize,
            SearchHandler.MaxPageSize
        );
        validator.ThrowIfInvalid();
        var words = SearchWords.Distinct(request.Query);
        var scope =
            $"SearchMessages|{member}|{request.ConversationId}|{request.SenderId}|{string.Join(' ', words)}";
        var page = await search.SearchAsync(
            new SearchQuery(
                member,
                words,
                request.ConversationId,
                request.SenderId,
                PageToken.Decode(scope, request.PageToken),
                limit
            ),
            context.CancellationToken
        );
        return new SearchMessagesResponse
        {
            Hits = { page.Messages.Select(message => MessagingMapping.ToHit(message, words)) },
            NextPageToken = PageToken.Encode(scope, page.Next),
            Completeness = MessagingMapping.ToProto(page.IsComplete),
        };
    }

    public override async Task Subscribe(
        SubscribeRequest request,
        IServerStreamWriter<SubscribeResponse> responseStream,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        var validator = new RequestValidator().MemberId("member_id", member);
        if (request.ConversationIds.Count > LiveHandler.MaxConversations)
        {
            validator.Batch(
                "conversation_ids",
                request.ConversationIds.Count,
                LiveHandler.MaxConversations
            );
        }
        for (var index = 0; index < request.ConversationIds.Count; index++)
        {
            ValidateConversation(
                validator,
                $"conversation_ids[{index}]",
                request.ConversationIds[index]
            );
        }
        validator.ThrowIfInvalid();
        // a stream ends only by its caller, and would hold up the end of the process
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            lifetime.ApplicationStopping
        );
        // A token given to WriteAsync would reset the stream when it is cancelled; the caller is to get a status.
        await live.SubscribeAsync(
            member,
            request.Cursor,
            request.ConversationIds.ToHashSet(StringComparer.Ordinal),
            !request.WithoutTyping,
            sent =>
                responseStream.WriteAsync(
                    MessagingMapping.ToProto(sent, member, time.GetUtcNow()),
                    CancellationToken.None
                ),
            ending.Token
        );
    }

    public override async Task<SendTypingResponse> SendTyping(
        SendTypingRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        Validate(member, request.ConversationId).ThrowIfInvalid();
        await live.TypeAsync(request.ConversationId, member, context.CancellationToken);
        return new SendTypingResponse();
    }

    public override async Task<GetMessagingSettingsResponse> GetMessagingSettings(
        GetMessagingSettingsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator().MemberId("member_id", member).ThrowIfInvalid();
        return new GetMessagingSettingsResponse
        {
            Settings = MessagingMapping.ToProto(
                await settings.GetAsync(member, context.CancellationToken)
            ),
        };
    }

    public override async Task<UpdateMessagingSettingsResponse> UpdateMessagingSettings(
        UpdateMessagingSettingsRequest request,
        ServerCallContext context
    )
    {
        var member = context.GetCaller().ActAs(request.MemberId);
        new RequestValidator()
            .MemberId("member_id", member)
            .RequestId(request.RequestId)
            .ThrowIfInvalid();
        var content = request.Clone();
        content.MemberId = member;
        var changed = await settings.UpdateAsync(
            member,
            new SettingsChange(
                request.HasReadReceipts ? request.ReadReceipts : null,
                request.HasTypingIndicators ? request.TypingIndicators : null,
                request.HasNoteOpensConversation ? request.NoteOpensConversation : null
            ),
            request.RequestId,
            FingerprintOf(content, request.RequestId),
            context.CancellationToken
        );
        return new UpdateMessagingSettingsResponse
        {
            Settings = MessagingMapping.ToProto(changed),
            Revision = Revisions.Of(time.GetUtcNow()),
        };
    }

    public override async Task<DeleteMemberResponse> DeleteMember(
        DeleteMemberRequest request,
        ServerCallContext context
    )
    {
        context.GetCaller().Require(CallerRole.Service, CallerRole.Operator);
        new RequestValidator()
            .MemberId("member_id", request.MemberId)
            .RequestId(request.RequestId)
            .ThrowIfInvalid();
        var progress = await eraser.EraseAsync(request.MemberId, context.CancellationToken);
        return new DeleteMemberResponse
        {
            Done = progress.Done,
            ErasedMessageCount = progress.Messages,
            LeftConversationCount = progress.Conversations,
            Revision = Revisions.Of(time.GetUtcNow()),
        };
    }

    private static RequestValidator Validate(string member, string conversationId)
    {
        var validator = new RequestValidator().MemberId("member_id", member);
        return ValidateConversation(validator, "conversation_id", conversationId);
    }

    private static RequestValidator ValidateConversation(
        RequestValidator validator,
        string field,
        string conversationId
    ) =>
        ConversationIds.IsValid(conversationId)
            ? validator
            : validator.Add(field, "must be 1-160 of A-Z a-z 0-9 _ - . ~");

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
}
