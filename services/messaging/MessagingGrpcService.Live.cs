using Grpc.Core;
using Platform.Messaging.Live;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Streaming;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates live streams and typing.</summary>
public sealed partial class MessagingGrpcService
{
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
        using var ending = context.EndingWith(lifetime);
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
}
