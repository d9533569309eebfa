using Grpc.Core;
using Platform.Connections.Connections;
using Platform.Connections.Limits;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Identity;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Validation;
using Domain = Platform.Connections.Relationships;

namespace Platform.Connections.Invitations;

/// <summary>Translates the contract of invitations.</summary>
public sealed class InvitationsGrpcService(
    InvitationsHandler handler,
    InvitationSummaries summaries,
    QuotasHandler quotas,
    RevisionGate gate,
    TimeProvider time
) : InvitationsService.InvitationsServiceBase
{
    private const int MaxNote = 300;
    private const int MaxContextPart = 100;
    private const int MaxContextText = 300;
    private const int MaxDeclineText = 200;
    private const int MaxBatch = 40;
    private const int DefaultPage = 50;
    private const int MaxPage = 200;
    private const string ErrorDomain = "platform.connections.v1";

    /// <inheritdoc />
    public override async Task<SendInvitationResponse> SendInvitation(
        SendInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var validator = new RequestValidator()
            .RequestId(request.RequestId)
            .MemberId("invitee_id", request.InviteeId);
        Validate(validator, "", request.Note, request.Context);
        validator.ThrowIfInvalid();

        var answer = await handler.SendAsync(
            actor,
            TierOf(context),
            new InvitationToSend(
                request.InviteeId,
                request.Note,
                InvitationMapping.ToDomain(request.Context),
                InvitationMapping.ToRequestKey(request.RequestId, request)
            ),
            context.CancellationToken
        );
        var status = StatusOf(answer);
        return new SendInvitationResponse
        {
            Invitation = ToProto(answer, actor),
            Status = status,
            Revision = RevisionToken.Write(answer.Revision),
            Quotas = { await ReadQuotasAsync(context, actor, QuotasOf(status)) },
        };
    }

    /// <inheritdoc />
    public override async Task<BatchSendInvitationsResponse> BatchSendInvitations(
        BatchSendInvitationsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var validator = new RequestValidator()
            .RequestId(request.RequestId)
            .Batch("drafts", request.Drafts.Count, MaxBatch);
        var invitees = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < request.Drafts.Count; index++)
        {
            var draft = request.Drafts[index];
            var path = $"drafts[{index}].";
            validator.MemberId($"{path}invitee_id", draft.InviteeId);
            Validate(validator, path, draft.Note, draft.Context);
            if (!invitees.Add(draft.InviteeId))
            {
                validator.Add($"{path}invitee_id", "is named twice in this batch");
            }
        }
        validator.ThrowIfInvalid();
        handler.RefuseGenericNotes(request.Drafts.Select(draft => draft.Note));

        var outcomes = await handler.SendAsync(
            actor,
            TierOf(context),
            [
                .. request.Drafts.Select(draft => new InvitationToSend(
                    draft.InviteeId,
                    draft.Note,
                    InvitationMapping.ToDomain(draft.Context),
                    InvitationMapping.ToRequestKey(request.RequestId, draft)
                )),
            ],
            context.CancellationToken
        );
        var response = new BatchSendInvitationsResponse();
        HashSet<Limits.QuotaKind> kinds = [.. QuotasOf(ConnectionStatus.InvitationSent)];
        long revision = 0;
        foreach (var (draft, outcome) in request.Drafts.Zip(outcomes))
        {
            var result = new InvitationResult { InviteeId = draft.InviteeId };
            response.Results.Add(result);
            if (outcome.Answer is not { } answer)
            {
                result.Error = outcome.Refusal!.ToStatus(ErrorDomain);
                continue;
            }
            result.Invitation = ToProto(answer, actor);
            result.Status = StatusOf(answer);
            kinds.UnionWith(QuotasOf(result.Status));
            revision = Math.Max(revision, answer.Revision);
        }
        response.Revision = revision == 0 ? "" : RevisionToken.Write(revision);
        response.Quotas.Add(await ReadQuotasAsync(context, actor, kinds));
        return response;
    }

    /// <inheritdoc />
    public override async Task<GetInvitationResponse> GetInvitation(
        GetInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(new RequestValidator(), request.InvitationId);
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var found = await handler.GetAsync(actor, id, context.CancellationToken);
        var invitation = InvitationMapping.ToProto(
            found.Pair,
            found.Invitation!,
            actor,
            time.GetUtcNow(),
            handler.Policy
        );
        if (found.Invitation!.Inviter != found.Pair.SideOf(actor))
        {
            var summary = await summaries.OfAsync(actor, [found], context.CancellationToken);
            invitation.MutualConnections = InvitationMapping.ToProto(summary[0]);
        }
        return new GetInvitationResponse { Invitation = invitation };
    }

    /// <inheritdoc />
    public override async Task<ListSentInvitationsResponse> ListSentInvitations(
        ListSentInvitationsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var (invitations, next) = await ListAsync(
            "sent",
            actor,
            request.State,
            SentListOf(request.State),
            request.PageSize,
            request.PageToken,
            context.CancellationToken
        );
        return new ListSentInvitationsResponse
        {
            Invitations = { invitations },
            NextPageToken = next,
        };
    }

    /// <inheritdoc />
    public override async Task<ListReceivedInvitationsResponse> ListReceivedInvitations(
        ListReceivedInvitationsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var (invitations, next) = await ListAsync(
            "received",
            actor,
            request.State,
            ReceivedListOf(request.State),
            request.PageSize,
            request.PageToken,
            context.CancellationToken
        );
        return new ListReceivedInvitationsResponse
        {
            Invitations = { invitations },
            NextPageToken = next,
        };
    }

    /// <inheritdoc />
    public override async Task<CountInvitationsResponse> CountInvitations(
        CountInvitationsRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        await gate.EnsureAsync(request.Consistency, context.CancellationToken);
        var counts = await handler.CountAsync(actor, context.CancellationToken);
        var response = new CountInvitationsResponse();
        foreach (var state in Enum.GetValues<V1.InvitationState>())
        {
            if (state == V1.InvitationState.Unspecified)
            {
                continue;
            }
            if (SentListOf(state) is { } sent && counts.TryGetValue(sent, out var count))
            {
                response.Sent.Add(new InvitationCount { State = state, Count = count });
            }
            if (ReceivedListOf(state) is { } received && counts.TryGetValue(received, out count))
            {
                response.Received.Add(new InvitationCount { State = state, Count = count });
            }
        }
        if (counts.ContainsKey(RelationshipList.Blocked))
        {
            var superseded = await handler.CountSupersededAsync(actor, context.CancellationToken);
            AddSuperseded(response.Sent, superseded.Sent);
            AddSuperseded(response.Received, superseded.Received);
        }
        return response;

        static void AddSuperseded(ICollection<InvitationCount> counts, long count)
        {
            if (count > 0)
            {
                counts.Add(
                    new InvitationCount { State = V1.InvitationState.Superseded, Count = count }
                );
            }
        }
    }

    /// <inheritdoc />
    public override async Task<AcceptInvitationResponse> AcceptInvitation(
        AcceptInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(new RequestValidator().RequestId(request.RequestId), request.InvitationId);
        var answer = await handler.AcceptAsync(
            actor,
            TierOf(context),
            id,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        var invitation = ToProto(answer, actor);
        return new AcceptInvitationResponse
        {
            Invitation = invitation,
            Connection = new Connection
            {
                MemberId = invitation.InviterId,
                ConnectedTime = invitation.EndTime,
            },
            Revision = RevisionToken.Write(answer.Revision),
            Quotas =
            {
                await ReadQuotasAsync(context, actor, QuotasOf(ConnectionStatus.Connected)),
            },
        };
    }

    /// <inheritdoc />
    public override async Task<DeclineInvitationResponse> DeclineInvitation(
        DeclineInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(
            new RequestValidator()
                .RequestId(request.RequestId)
                .Optional("reason", request.Reason)
                .Text("text", request.Text, MaxDeclineText),
            request.InvitationId
        );
        var answer = await handler.DeclineAsync(
            actor,
            id,
            (Domain.DeclineReason)request.Reason,
            request.Text,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new DeclineInvitationResponse
        {
            Invitation = ToProto(answer, actor),
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<WithdrawInvitationResponse> WithdrawInvitation(
        WithdrawInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(new RequestValidator().RequestId(request.RequestId), request.InvitationId);
        var answer = await handler.WithdrawAsync(
            actor,
            id,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new WithdrawInvitationResponse
        {
            Invitation = ToProto(answer, actor),
            Revision = RevisionToken.Write(answer.Revision),
            Quotas =
            {
                await ReadQuotasAsync(context, actor, [Limits.QuotaKind.PendingInvitations]),
            },
        };
    }

    /// <inheritdoc />
    public override async Task<UndoDeclineInvitationResponse> UndoDeclineInvitation(
        UndoDeclineInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(new RequestValidator().RequestId(request.RequestId), request.InvitationId);
        var answer = await handler.UndoDeclineAsync(
            actor,
            id,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new UndoDeclineInvitationResponse
        {
            Invitation = ToProto(answer, actor),
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<RemindInvitationResponse> RemindInvitation(
        RemindInvitationRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        var id = ReadId(new RequestValidator().RequestId(request.RequestId), request.InvitationId);
        var answer = await handler.RemindAsync(
            actor,
            id,
            InvitationMapping.ToRequestKey(request.RequestId, request),
            context.CancellationToken
        );
        return new RemindInvitationResponse
        {
            Invitation = ToProto(answer, actor),
            Revision = RevisionToken.Write(answer.Revision),
        };
    }

    /// <inheritdoc />
    public override async Task<GetInvitationQuotaResponse> GetInvitationQuota(
        GetInvitationQuotaRequest request,
        ServerCallContext context
    )
    {
        var actor = ActingMember.Of(context, request.MemberId);
        return new GetInvitationQuotaResponse
        {
            Quotas = { await ReadQuotasAsync(context, actor, Enum.GetValues<Limits.QuotaKind>()) },
        };
    }

    /// <inheritdoc />
    public override async Task<ExplainInvitationResponse> ExplainInvitation(
        ExplainInvitationRequest request,
        ServerCallContext context
    )
    {
        var caller = context.GetCaller();
        var isOperator = caller.Role == CallerRole.Operator;
        // an operator acts for nobody, but may ask about anybody
        var actor = isOperator ? request.MemberId : ActingMember.Of(context, request.MemberId);
        new RequestValidator()
            .MemberId("member_id", actor)
            .MemberId("invitee_id", request.InviteeId)
            .ThrowIfInvalid();
        var explanation = await handler.ExplainAsync(
            actor,
            caller.Tier,
            request.InviteeId,
            showsCauses: isOperator,
            context.CancellationToken
        );
        return new ExplainInvitationResponse
        {
            MayInvite = explanation.Obstacles.Count == 0,
            WouldConnect = explanation.WouldConnect,
            Obstacles =
            {
                explanation.Obstacles.Select(obstacle => obstacle.ToStatus(ErrorDomain)),
            },
        };
    }

    private static string TierOf(ServerCallContext context) => context.GetCaller().Tier;

    // what an invitation, or an answer to one, uses of the limits
    private static IReadOnlyCollection<Limits.QuotaKind> QuotasOf(ConnectionStatus status) =>
        status == ConnectionStatus.Connected
            ? [Limits.QuotaKind.Connections]
            : [Limits.QuotaKind.WeeklyInvitations, Limits.QuotaKind.PendingInvitations];

    private async Task<IEnumerable<V1.Quota>> ReadQuotasAsync(
        ServerCallContext context,
        string member,
        IReadOnlyCollection<Limits.QuotaKind> kinds
    ) =>
        (await quotas.ReadAsync(member, TierOf(context), kinds, context.CancellationToken)).Select(
            QuotaMapping.ToProto
        );

    private static void Validate(
        RequestValidator validator,
        string path,
        string note,
        V1.InvitationContext? context
    )
    {
        validator.Text($"{path}note", note, MaxNote);
        if (context is not null)
        {
            validator
                .Text($"{path}context.where_met", context.WhereMet, MaxContextPart)
                .Text($"{path}context.affiliation", context.Affiliation, MaxContextPart)
                .Text($"{path}context.text", context.Text, MaxContextText);
        }
    }

    private static InvitationId ReadId(RequestValidator validator, string text)
    {
        if (!InvitationId.TryParse(text, out var id))
        {
            validator.Add(
                "invitation_id",
                text.Length == 0 ? "required" : "is not the id of an invitation"
            );
        }
        validator.ThrowIfInvalid();
        return id;
    }

    private static RelationshipList? SentListOf(V1.InvitationState state) =>
        state switch
        {
            V1.InvitationState.Unspecified or V1.InvitationState.Pending =>
                RelationshipList.SentPending,
            V1.InvitationState.Accepted => RelationshipList.SentAccepted,
            V1.InvitationState.Declined => RelationshipList.SentDeclined,
            V1.InvitationState.Withdrawn => RelationshipList.SentWithdrawn,
            V1.InvitationState.Expired => RelationshipList.SentExpired,
            _ => null,
        };

    private static RelationshipList? ReceivedListOf(V1.InvitationState state) =>
        state switch
        {
            V1.InvitationState.Unspecified or V1.InvitationState.Pending =>
                RelationshipList.ReceivedPending,
            V1.InvitationState.Accepted => RelationshipList.ReceivedAccepted,
            V1.InvitationState.Declined => RelationshipList.ReceivedDeclined,
            V1.InvitationState.Expired => RelationshipList.ReceivedExpired,
            // withdrawn ones vanish for the invitee
            _ => null,
        };

    private static ConnectionStatus StatusOf(RelationshipAnswer answer) =>
        answer.Invitation!.State == Domain.InvitationState.Accepted
            ? ConnectionStatus.Connected
            : ConnectionStatus.InvitationSent;

    private V1.Invitation ToProto(RelationshipAnswer answer, string viewer) =>
        InvitationMapping.ToProto(
            answer.Pair,
            answer.Invitation!,
            viewer,
            time.GetUtcNow(),
            handler.Policy
        );

    private async Task<(IEnumerable<V1.Invitation> Invitations, string NextPageToken)> ListAsync(
        string direction,
        string actor,
        V1.InvitationState state,
        RelationshipList? list,
        int pageSize,
        string pageToken,
        CancellationToken cancellationToken
    )
    {
        var validator = new RequestValidator().Optional("state", state);
        var limit = validator.PageSize(pageSize, DefaultPage, MaxPage);
        validator.ThrowIfInvalid();
        var isSuperseded = state == V1.InvitationState.Superseded;
        var scope = $"invitations/{direction}/{actor}/{(isSuperseded ? state : list)}";
        var after = ListPositionText.Read(PageToken.Decode(scope, pageToken));
        if (list is null && !isSuperseded)
        {
            return ([], "");
        }
        // one more than asked for tells whether there is a next page
        var found = isSuperseded
            ? await handler.ListSupersededAsync(
                actor,
                direction == "sent",
                after,
                limit + 1,
                cancellationToken
            )
            : await handler.ListAsync(
                new ListQuery(actor, list!.Value, limit + 1) { After = after },
                cancellationToken
            );
        var now = time.GetUtcNow();
        var policy = handler.Policy;
        var page = found.Take(limit).ToList();
        var invitations = page.Select(relationship =>
                InvitationMapping.ToProto(
                    relationship.Pair,
                    relationship.Invitation!,
                    actor,
                    now,
                    policy
                )
            )
            .ToList();
        if (direction == "received")
        {
            var mutual = await summaries.OfAsync(actor, page, cancellationToken);
            for (var index = 0; index < invitations.Count; index++)
            {
                invitations[index].MutualConnections = InvitationMapping.ToProto(mutual[index]);
            }
        }
        return (
            invitations,
            found.Count > limit
                ? PageToken.Encode(
                    scope,
                    ListPositionText.Write(
                        new ListPosition(
                            page[^1].ListTimeOf(page[^1].Pair.SideOf(actor)),
                            page[^1].Pair.MemberAt(page[^1].Pair.SideOf(actor).Other())
                        )
                    )
                )
                : ""
        );
    }
}
