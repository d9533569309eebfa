using Platform.Connections.Limits;
using Platform.Connections.Relationships;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <content>What is done with an invitation that was sent, by either side.</content>
public sealed partial class InvitationsHandler
{
    /// <summary>Accepts a pending invitation.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.AcceptInvitation</c>.</exception>
    public async Task<RelationshipAnswer> AcceptAsync(
        string actor,
        string tier,
        InvitationId id,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        var inviter = id.Pair.MemberAt(PartyOf(actor, id).Other());
        var records = await members
            .GetManyAsync([actor, inviter], cancellationToken)
            .ConfigureAwait(false);
        RefuseErased(records[0]);
        if (records[1].IsErased)
        {
            throw NotFound();
        }
        var admission = new Admission(slots, limits, actor, tier, records[0]);
        try
        {
            return await updater
                .UpdateAsync(
                    id.Pair,
                    relationship =>
                        relationship.Accept(
                            new RelationshipCommand(actor, updater.Now, request),
                            id.Number
                        ),
                    admission,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        finally
        {
            await admission.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Declines a pending invitation.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.DeclineInvitation</c>.</exception>
    public Task<RelationshipAnswer> DeclineAsync(
        string actor,
        InvitationId id,
        DeclineReason reason,
        string text,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        PartyOf(actor, id);
        var policy = Policy;
        return updater.UpdateAsync(
            id.Pair,
            relationship =>
                relationship.Decline(
                    new RelationshipCommand(actor, updater.Now, request),
                    id.Number,
                    reason,
                    text,
                    policy
                ),
            cancellationToken
        );
    }

    /// <summary>Takes a pending invitation back.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.WithdrawInvitation</c>.</exception>
    public Task<RelationshipAnswer> WithdrawAsync(
        string actor,
        InvitationId id,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        PartyOf(actor, id);
        var policy = Policy;
        return updater.UpdateAsync(
            id.Pair,
            relationship =>
                relationship.Withdraw(
                    new RelationshipCommand(actor, updater.Now, request),
                    id.Number,
                    policy
                ),
            cancellationToken
        );
    }

    /// <summary>Takes a decline back.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.UndoDeclineInvitation</c>.</exception>
    public Task<RelationshipAnswer> UndoDeclineAsync(
        string actor,
        InvitationId id,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        PartyOf(actor, id);
        var policy = Policy;
        return updater.UpdateAsync(
            id.Pair,
            relationship =>
                relationship.UndoDecline(
                    new RelationshipCommand(actor, updater.Now, request),
                    id.Number,
                    policy
                ),
            cancellationToken
        );
    }

    /// <summary>Sends the reminder of a pending invitation.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.RemindInvitation</c>.</exception>
    public Task<RelationshipAnswer> RemindAsync(
        string actor,
        InvitationId id,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        PartyOf(actor, id);
        var policy = Policy;
        return updater.UpdateAsync(
            id.Pair,
            relationship =>
                relationship.Remind(
                    new RelationshipCommand(actor, updater.Now, request),
                    id.Number,
                    policy
                ),
            cancellationToken
        );
    }

    // strangers learn nothing: the answer is that of an invitation that does not exist
    private static Side PartyOf(string actor, InvitationId id)
    {
        var side = id.Pair.SideOf(actor);
        return side == Side.None ? throw NotFound() : side;
    }
}
