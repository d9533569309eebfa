using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Messaging.Notes;

/// <summary>Reads invitations from the connections service.</summary>
public interface IInvitationSource
{
    /// <summary>An accepted invitation; null when it is none, or is not there any more.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.DependencyUnavailable"/>.</exception>
    Task<AcceptedInvitation?> FindAcceptedAsync(
        string memberId,
        string invitationId,
        CancellationToken cancellationToken
    );
}
