using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Notes;

/// <summary>Invitations over gRPC, as this service, for one of the two.</summary>
public sealed class GrpcInvitationSource(
    InvitationsService.InvitationsServiceClient client,
    TimeProvider time
) : IInvitationSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public async Task<AcceptedInvitation?> FindAcceptedAsync(
        string memberId,
        string invitationId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = await client.GetInvitationAsync(
                new GetInvitationRequest { MemberId = memberId, InvitationId = invitationId },
                deadline: time.GetUtcNow().UtcDateTime + Patience,
                cancellationToken: cancellationToken
            );
            var invitation = answer.Invitation;
            return invitation.State == InvitationState.Accepted
                ? new AcceptedInvitation(
                    invitation.InviterId,
                    invitation.InviteeId,
                    invitation.Note
                )
                : null;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DomainException(
                ErrorReason.DependencyUnavailable,
                "An invitation could not be read.",
                exception
            ).With("dependency", "connections");
        }
    }
}
