using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <summary>Whether a member may invite another now.</summary>
/// <param name="WouldConnect">The other's invitation is pending: inviting connects the two.</param>
/// <param name="Obstacles">All that is against it, each as the invitation would be refused; empty when it is allowed.</param>
public sealed record InvitationExplanation(
    bool WouldConnect,
    IReadOnlyList<DomainException> Obstacles
);
