using System.Globalization;
using Grpc.Core;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates reading messages, and how far one has read.</summary>
public sealed partial class MessagingGrpcService
{
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
                page.NextNumber?.ToString(CultureInfo.InvariantCulture)
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

    private static long ParseNumber(string position) =>
        long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw PageToken.Foreign();
}
