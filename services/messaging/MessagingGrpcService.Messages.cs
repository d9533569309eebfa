using Google.Protobuf.Collections;
using Grpc.Core;
using Platform.Messaging.Messages;
using Platform.Messaging.Storage;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates writing messages: sending, editing, deleting.</summary>
public sealed partial class MessagingGrpcService
{
    private const int MaxUrlLength = 2048;
    private const int MaxLinkTitleLength = 200;

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
        var message = await messages.SendAsync(
            IdentityOf(context, request, member, request.ConversationId, request.RequestId),
            request.Text,
            MessagingMapping.ToDomain(request.Links),
            RevisionOf(request.ConnectionsConsistency),
            context.CancellationToken
        );
        return new SendMessageResponse
        {
            Message = MessagingMapping.ToProto(message),
            Revision = Revisions.Of(message.CreateTime),
        };
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
        var message = await messages.EditAsync(
            IdentityOf(context, request, member, request.ConversationId, request.RequestId),
            request.Number,
            request.Text,
            MessagingMapping.ToDomain(request.Links),
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
                // stored as sent, while what reads it here forgives blanks around it
                || url.Any(one => char.IsWhiteSpace(one) || char.IsControl(one))
                || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
                || uri.Scheme != Uri.UriSchemeHttps
                // `https://known.example@other.example` leads elsewhere than it seems to
                || uri.UserInfo.Length > 0
            )
            {
                validator.Add(
                    $"links[{index}].url",
                    $"must be an absolute https address without blanks and user, of at most {MaxUrlLength} characters"
                );
            }
            validator.Text($"links[{index}].title", links[index].Title, MaxLinkTitleLength);
        }
    }
}
