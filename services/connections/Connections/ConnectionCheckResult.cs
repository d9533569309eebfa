using Platform.Connections.Invitations;
using Platform.Connections.Relationships;

namespace Platform.Connections.Connections;

/// <summary>The answer of a check.</summary>
/// <param name="Standing">What stands between the two.</param>
/// <param name="PendingInvitation">The pending invitation, if any.</param>
public readonly record struct ConnectionCheckResult(
    ConnectionStanding Standing,
    InvitationId? PendingInvitation
)
{
    /// <summary>The answer about the viewer itself.</summary>
    public static ConnectionCheckResult Self { get; } = new(ConnectionStanding.Self, null);

    /// <summary>What a viewer is told of a pair. A block looks like nothing to both.</summary>
    public static ConnectionCheckResult Of(string viewer, string other, PairStatus status)
    {
        if (status.BlockedBy != Side.None)
        {
            return new ConnectionCheckResult(ConnectionStanding.None, null);
        }
        switch (status.State)
        {
            case RelationshipState.Connected:
                return new ConnectionCheckResult(ConnectionStanding.Connected, null);
            case RelationshipState.Pending:
                var pair = MemberPair.Of(viewer, other);
                return new ConnectionCheckResult(
                    pair.SideOf(viewer) == status.Inviter
                        ? ConnectionStanding.InvitationSent
                        : ConnectionStanding.InvitationReceived,
                    new InvitationId(pair, status.InvitationNumber)
                );
            default:
                return new ConnectionCheckResult(ConnectionStanding.None, null);
        }
    }
}
