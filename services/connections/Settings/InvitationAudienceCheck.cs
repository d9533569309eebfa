using Platform.Connections.Connections;
using Platform.Connections.Members;

namespace Platform.Connections.Settings;

/// <summary>Whether a member's settings let another invite them. Strong: it looks at the connections as they are.</summary>
public sealed class InvitationAudienceCheck(MutualConnections mutual)
{
    /// <summary>Whether the inviter belongs to those who may invite the member.</summary>
    public async Task<bool> AdmitsAsync(
        MemberRecord invitee,
        string inviterId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(invitee);
        return invitee.Settings.InvitationAudience switch
        {
            InvitationAudience.Everyone => true,
            InvitationAudience.SecondDegree => await mutual
                .AnyAsync(inviterId, invitee.MemberId, cancellationToken)
                .ConfigureAwait(false),
            _ => false,
        };
    }
}
