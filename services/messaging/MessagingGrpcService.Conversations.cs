using Grpc.Core;
using Platform.Messaging.Conversations;
using Platform.Messaging.Storage;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates conversations: starting, listing, naming, joining and leaving them.</summary>
public sealed partial class MessagingGrpcService
{
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
        var started = await conversations.StartAsync(
            member,
            request.OtherMemberIds,
            request.Name,
            request.RequestId,
            FingerprintOf(request, member, request.RequestId),
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
        var conversation = await conversations.RenameAsync(
            IdentityOf(context, request, member, request.ConversationId, request.RequestId),
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
        var conversation = await conversations.AddMembersAsync(
            IdentityOf(context, request, member, request.ConversationId, request.RequestId),
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
        await conversations.LeaveAsync(
            IdentityOf(context, request, member, request.ConversationId, request.RequestId),
            context.CancellationToken
        );
        return new LeaveConversationResponse { Revision = Revisions.Of(time.GetUtcNow()) };
    }
}
