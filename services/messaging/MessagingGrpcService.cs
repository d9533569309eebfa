using Google.Protobuf;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Messaging.Conversations;
using Platform.Messaging.Live;
using Platform.Messaging.Members;
using Platform.Messaging.Messages;
using Platform.Messaging.Search;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Idempotency;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates between the contract and the handlers.</summary>
public sealed partial class MessagingGrpcService(
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

    private static AppendRequest IdentityOf(
        ServerCallContext context,
        IMessage request,
        string member,
        string conversationId,
        string requestId
    ) =>
        new(conversationId, member, requestId, FingerprintOf(request, member, requestId))
        {
            Tier = context.GetCaller().Tier,
        };

    private static string FingerprintOf(IMessage request, string member, string requestId) =>
        requestId.Length == 0 ? "" : RequestFingerprint.Of(request, member);

    private static string RevisionOf(Consistency? consistency) =>
        consistency?.AtLeastRevision ?? "";
}
