using Platform.Connections.Connections;
using Platform.Connections.Members;
using Platform.Connections.Relationships;

namespace Platform.Connections.Settings;

/// <summary>Whether a member can be invited by another. Strong: it looks at the connections as they are.</summary>
public sealed class InvitationAudienceCheck(MutualConnections mutual)
{
    /// <summary>Whether the member is there, and the inviter belongs to those who may invite them.</summary>
    public async Task<Invitability> InvitabilityOfAsync(
        MemberRecord invitee,
        string inviterId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(invitee);
        if (invitee.IsErased)
        {
            return Invitability.Gone;
        }
        return invitee.Settings.InvitationAudience switch
        {
            InvitationAudience.Everyone => Invitability.Open,
            InvitationAudience.SecondDegree
                when await mutual
                    .AnyAsync(inviterId, invitee.MemberId, cancellationToken)
                    .ConfigureAwait(false) => Invitability.Open,
            _ => Invitability.Closed,
        };
    }
}
