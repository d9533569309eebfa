using Grpc.Core;
using Platform.Messaging.Members;
using Platform.Messaging.Storage;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates what concerns a member alone: settings and erasure.</summary>
public sealed partial class MessagingGrpcService
{
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
        var changed = await settings.UpdateAsync(
            member,
            new SettingsChange(
                request.HasReadReceipts ? request.ReadReceipts : null,
                request.HasTypingIndicators ? request.TypingIndicators : null,
                request.HasNoteOpensConversation ? request.NoteOpensConversation : null
            ),
            request.RequestId,
            FingerprintOf(request, member, request.RequestId),
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
}
