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
}
