using Google.Protobuf;
using Grpc.Core;
using Platform.Connections.Connections;
using Platform.Connections.Invitations;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;
using Proto = Platform.Connections.V1;

namespace Platform.Connections.Recommendations;

/// <summary>Translates the contract of recommendations.</summary>
public sealed class RecommendationsGrpcService(RecommendationsHandler handler)
    : RecommendationsService.RecommendationsServiceBase
{
    private const int MaxText = 3000;
    private const int MaxRelationship = 100;
    private const int MaxRequestText = 300;
    private const int DefaultPage = 50;
    private const int MaxPage = 200;

    // below the 4 MB that clients of gRPC take by default; two texts of 3,000 characters may be 24 KB
    private const int MaxPageBytes = 3 * 1024 * 1024;

    /// <inheritdoc />
    public override async Task<RequestRecommendationResponse> RequestRecommendation(
        RequestRecommendationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("author_id", request.AuthorId)
            .Text("text", request.Text, MaxRequestText)
            .Text("relationship", request.Relationship, MaxRelationship)
            .ThrowIfInvalid();
        var answer = await handler.RequestAsync(
            actor,
            request.AuthorId,
            request.Text,
            request.Relationship,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new RequestRecommendationResponse
        {
            Recommendation = RecommendationMapping.ToProto(
                new RecommendationKey(request.AuthorId, actor),
                answer.Recommendation
            ),
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<WriteRecommendationResponse> WriteRecommendation(
        WriteRecommendationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("recipient_id", request.RecipientId)
            .Text("text", request.Text, MaxText, required: true)
            .Text("relationship", request.Relationship, MaxRelationship)
            .ThrowIfInvalid();
        var answer = await handler.WriteAsync(
            actor,
            request.RecipientId,
            request.Text,
            request.Relationship,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new WriteRecommendationResponse
        {
            Recommendation = RecommendationMapping.ToProto(
                new RecommendationKey(actor, request.RecipientId),
                answer.Recommendation
            ),
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<GetRecommendationResponse> GetRecommendation(
        GetRecommendationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(new RequestValidator(), request.RecommendationId);
        return new GetRecommendationResponse
        {
            Recommendation = RecommendationMapping.ToProto(
                id.Key,
                await handler.GetAsync(actor, id, context.CancellationToken)
            ),
        };
    }

    /// <inheritdoc />
    public override async Task<ListReceivedRecommendationsResponse> ListReceivedRecommendations(
        ListReceivedRecommendationsRequest request,
        ServerCallContext context
    )
    {
        var (recommendations, next) = await ListAsync(
            RecommendationRole.Recipient,
            ActingMember.Of(context, request.MemberId),
            "recipient_id",
            request.RecipientId,
            request.State,
            request.PageSize,
            request.PageToken,
            context.CancellationToken
        );
        return new ListReceivedRecommendationsResponse
        {
            Recommendations = { recommendations },
            NextPageToken = next,
        };
    }

    /// <inheritdoc />
    public override async Task<ListWrittenRecommendationsResponse> ListWrittenRecommendations(
        ListWrittenRecommendationsRequest request,
        ServerCallContext context
    )
    {
        var (recommendations, next) = await ListAsync(
            RecommendationRole.Author,
            ActingMember.Of(context, request.MemberId),
            "author_id",
            request.AuthorId,
            request.State,
            request.PageSize,
            request.PageToken,
            context.CancellationToken
        );
        return new ListWrittenRecommendationsResponse
        {
            Recommendations = { recommendations },
            NextPageToken = next,
        };
    }

    /// <inheritdoc />
    public override async Task<AcceptRecommendationResponse> AcceptRecommendation(
        AcceptRecommendationRequest request,
        ServerCallContext context
    )
    {
        var validator = new RequestValidator();
        var seen = validator.Time("seen_update_time", request.SeenUpdateTime);
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            validator,
            (thread, command, number) => thread.Accept(command, number, seen)
        );
        return new AcceptRecommendationResponse
        {
            Recommendation = recommendation,
            Revision = revision,
        };
    }

    /// <inheritdoc />
    public override async Task<DeclineRecommendationResponse> DeclineRecommendation(
        DeclineRecommendationRequest request,
        ServerCallContext context
    )
    {
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            new RequestValidator(),
            (thread, command, number) => thread.Decline(command, number)
        );
        return new DeclineRecommendationResponse
        {
            Recommendation = recommendation,
            Revision = revision,
        };
    }

    /// <inheritdoc />
    public override async Task<HideRecommendationResponse> HideRecommendation(
        HideRecommendationRequest request,
        ServerCallContext context
    )
    {
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            new RequestValidator(),
            (thread, command, number) => thread.Show(command, number, shown: false)
        );
        return new HideRecommendationResponse
        {
            Recommendation = recommendation,
            Revision = revision,
        };
    }

    /// <inheritdoc />
    public override async Task<ShowRecommendationResponse> ShowRecommendation(
        ShowRecommendationRequest request,
        ServerCallContext context
    )
    {
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            new RequestValidator(),
            (thread, command, number) => thread.Show(command, number, shown: true)
        );
        return new ShowRecommendationResponse
        {
            Recommendation = recommendation,
            Revision = revision,
        };
    }

    /// <inheritdoc />
    public override async Task<AskForRevisionResponse> AskForRevision(
        AskForRevisionRequest request,
        ServerCallContext context
    )
    {
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            new RequestValidator().Text("text", request.Text, MaxRequestText),
            (thread, command, number) => thread.AskForRevision(command, number, request.Text)
        );
        return new AskForRevisionResponse { Recommendation = recommendation, Revision = revision };
    }

    /// <inheritdoc />
    public override async Task<ReviseRecommendationResponse> ReviseRecommendation(
        ReviseRecommendationRequest request,
        ServerCallContext context
    )
    {
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            new RequestValidator()
                .Text("text", request.Text, MaxText, required: true)
                .Text("relationship", request.Relationship, MaxRelationship),
            (thread, command, number) =>
                thread.Revise(command, number, request.Text, request.Relationship)
        );
        return new ReviseRecommendationResponse
        {
            Recommendation = recommendation,
            Revision = revision,
        };
    }

    /// <inheritdoc />
    public override async Task<WithdrawRecommendationResponse> WithdrawRecommendation(
        WithdrawRecommendationRequest request,
        ServerCallContext context
    )
    {
        var (recommendation, revision) = await ChangeAsync(
            context,
            request.MemberId,
            request.RequestId,
            request.RecommendationId,
            request,
            new RequestValidator(),
            (thread, command, number) => thread.Withdraw(command, number)
        );
        return new WithdrawRecommendationResponse
        {
            Recommendation = recommendation,
            Revision = revision,
        };
    }

    private static RecommendationId ReadId(RequestValidator validator, string text)
    {
        if (!RecommendationId.TryParse(text, out var id))
        {
            validator.Add(
                "recommendation_id",
                text.Length == 0 ? "required" : "is not the id of a recommendation"
            );
        }
        validator.ThrowIfInvalid();
        return id;
    }

    private async Task<(Proto.Recommendation Recommendation, string Revision)> ChangeAsync(
        ServerCallContext context,
        string memberId,
        string requestId,
        string recommendationId,
        IMessage content,
        RequestValidator validator,
        Func<RecommendationThread, RecommendationCommand, int, RecommendationDecision> decide
    )
    {
        var actor = ActingMember.Of(context, memberId);
        var id = ReadId(validator.RequestId(requestId), recommendationId);
        var answer = await handler.ChangeAsync(
            actor,
            id,
            InvitationMapping.ToRequestKey(requestId, content),
            (thread, command) => decide(thread, command, id.Number),
            context.CancellationToken
        );
        return (
            RecommendationMapping.ToProto(id.Key, answer.Recommendation),
            RevisionToken.Write(answer.Revision)
        );
    }

    private async Task<(
        IEnumerable<Proto.Recommendation> Recommendations,
        string NextPageToken
    )> ListAsync(
        RecommendationRole role,
        string actor,
        string ownerField,
        string ownerId,
        Proto.RecommendationState state,
        int pageSize,
        string pageToken,
        CancellationToken cancellationToken
    )
    {
        var validator = new RequestValidator()
            .OptionalMemberId(ownerField, ownerId)
            .Optional("state", state);
        var limit = validator.PageSize(pageSize, DefaultPage, MaxPage);
        validator.ThrowIfInvalid();
        var owner = ownerId.Length == 0 ? actor : ownerId;
        var scope = $"recommendations/{role}/{actor}/{owner}/{state}";
        var (page, more) = await handler.ListAsync(
            actor,
            new RecommendationQuery(owner, role, limit)
            {
                State = RecommendationMapping.ToDomain(state),
                After = ListPositionText.Read(PageToken.Decode(scope, pageToken)),
            },
            cancellationToken
        );
        var messages = new List<Proto.Recommendation>();
        var bytes = 0;
        foreach (var thread in page)
        {
            var message = RecommendationMapping.ToProto(thread.Key, thread.Latest!);
            bytes += message.CalculateSize();
            if (bytes > MaxPageBytes)
            {
                more = true;
                break;
            }
            messages.Add(message);
        }
        return (
            messages,
            more
                ? PageToken.Encode(
                    scope,
                    ListPositionText.Write(
                        RecommendationsHandler.PositionOf(page[messages.Count - 1], role)
                    )
                )
                : ""
        );
    }
}
