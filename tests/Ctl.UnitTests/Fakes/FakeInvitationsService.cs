using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Ctl.Import;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.Ctl.UnitTests.Fakes;

public sealed class FakeInvitationsService(FakeState state)
    : InvitationsService.InvitationsServiceBase
{
    public override async Task<SendInvitationResponse> SendInvitation(
        SendInvitationRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        if (request.Note.Length > 300)
        {
            throw Refusals.Of(
                new DomainException(
                    ErrorReason.InvalidRequest,
                    "The request is not valid."
                ).WithField("note", "at most 300 characters")
            );
        }

        var check = state.Book.Invite(member, request.InviteeId, request.RequestId);
        return new SendInvitationResponse
        {
            Status =
                check.State == PairState.Connected
                    ? ConnectionStatus.Connected
                    : ConnectionStatus.InvitationSent,
            Invitation = new Invitation
            {
                InvitationId = check.InvitationId,
                InviterId = member,
                InviteeId = request.InviteeId,
                State = InvitationState.Pending,
                Note = request.Note,
            },
            Revision = "r1",
        };
    }

    public override async Task<AcceptInvitationResponse> AcceptInvitation(
        AcceptInvitationRequest request,
        ServerCallContext context
    )
    {
        var member = await state.EnterAsync(context, request.MemberId);
        state.Book.Accept(member, request.InvitationId, request.RequestId);
        return new AcceptInvitationResponse
        {
            Invitation = new Invitation
            {
                InvitationId = request.InvitationId,
                InviteeId = member,
                State = InvitationState.Accepted,
            },
            Revision = "r2",
        };
    }

    public override async Task<RemindInvitationResponse> RemindInvitation(
        RemindInvitationRequest request,
        ServerCallContext context
    ) =>
        new()
        {
            Invitation = new Invitation
            {
                InvitationId = request.InvitationId,
                InviterId = await state.EnterAsync(context, request.MemberId),
                State = InvitationState.Pending,
            },
            Revision = "r3",
        };

    public override async Task<ListReceivedInvitationsResponse> ListReceivedInvitations(
        ListReceivedInvitationsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        var response = new ListReceivedInvitationsResponse();
        if (request.State != InvitationState.Declined)
        {
            return response;
        }
        // two pages, so that the second has to be asked for
        response.Invitations.Add(
            new Invitation
            {
                InvitationId = request.PageToken.Length == 0 ? "i1" : "i2",
                InviterId = request.PageToken.Length == 0 ? "carol" : "dan",
            }
        );
        response.NextPageToken = request.PageToken.Length == 0 ? "more" : "";
        return response;
    }

    public override async Task<UndoDeclineInvitationResponse> UndoDeclineInvitation(
        UndoDeclineInvitationRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new UndoDeclineInvitationResponse
        {
            Invitation = new Invitation
            {
                InvitationId = request.InvitationId,
                State = InvitationState.Pending,
            },
            Revision = "r4",
        };
    }

    public override async Task<BatchSendInvitationsResponse> BatchSendInvitations(
        BatchSendInvitationsRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new BatchSendInvitationsResponse
        {
            Results =
            {
                request.Drafts.Select(draft =>
                    draft.Note.Length == 0
                        ? new InvitationResult
                        {
                            InviteeId = draft.InviteeId,
                            Error = new DomainException(
                                ErrorReason.InvitationQuota,
                                "used up"
                            ).ToStatus("platform.connections.v1"),
                        }
                        : new InvitationResult
                        {
                            InviteeId = draft.InviteeId,
                            Status = ConnectionStatus.InvitationSent,
                            Invitation = new Invitation
                            {
                                InvitationId = $"i-{draft.InviteeId}",
                                Note = draft.Note,
                            },
                        }
                ),
            },
        };
    }

    public override async Task<GetInvitationQuotaResponse> GetInvitationQuota(
        GetInvitationQuotaRequest request,
        ServerCallContext context
    )
    {
        await state.EnterAsync(context, request.MemberId);
        return new GetInvitationQuotaResponse
        {
            Quotas =
            {
                new Quota
                {
                    Kind = QuotaKind.WeeklyInvitations,
                    Limit = 100,
                    Used = 99,
                    Remaining = 1,
                    Tier = "standard",
                },
            },
        };
    }

    public override async Task<ExplainInvitationResponse> ExplainInvitation(
        ExplainInvitationRequest request,
        ServerCallContext context
    )
    {
        var isOperator = context
            .RequestHeaders.GetValue("authorization")!
            .Contains("operator", StringComparison.Ordinal);
        if (!isOperator)
        {
            await state.EnterAsync(context, request.MemberId);
        }
        var refusal = new DomainException(ErrorReason.NotInvitable, "cannot be invited");
        return request.InviteeId == "bob"
            ? new ExplainInvitationResponse { MayInvite = true }
            : new ExplainInvitationResponse
            {
                Obstacles =
                {
                    (isOperator ? refusal.With("cause", "block") : refusal).ToStatus(
                        "platform.connections.v1"
                    ),
                },
            };
    }
}
