using Grpc.Core;
using Platform.Messaging.Search;
using Platform.Messaging.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;

namespace Platform.Messaging;

/// <summary>Translates search.</summary>
public sealed partial class MessagingGrpcService
{
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
}
