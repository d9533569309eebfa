using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <summary>Decides on invitations.</summary>
public sealed class InvitationsHandler(
    IConnectionStore store,
    RelationshipUpdater updater,
    IOptionsMonitor<InvitationOptions> options
)
{
    private const int BlocksAtOnce = 200;

    /// <summary>Invites a member; connects the two when the other's invitation is pending.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.SendInvitation</c>.</exception>
    public Task<RelationshipAnswer> SendAsync(
        string actor,
        InvitationToSend invitation,
        CancellationToken cancellationToken
    )
    {
        if (string.Equals(actor, invitation.InviteeId, StringComparison.Ordinal))
        {
            throw new DomainException(
                ErrorReason.SelfInvitation,
                "A member cannot invite themselves."
            );
        }
        var policy = options.CurrentValue.Policy;
        return updater.UpdateAsync(
            MemberPair.Of(actor, invitation.InviteeId),
            relationship =>
                relationship.Send(
                    new RelationshipCommand(actor, updater.Now, invitation.Request),
                    invitation.Note,
                    invitation.Context,
                    policy
                ),
            cancellationToken
        );
    }

    /// <summary>Refuses a batch in which notes repeat word for word, unless a setting allows it.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.GenericNote"/>.</exception>
    public void RefuseGenericNotes(IEnumerable<string> notes)
    {
        if (!options.CurrentValue.RefuseGenericNotes)
        {
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (notes.Any(note => note.Length > 0 && !seen.Add(note.Trim())))
        {
            throw new DomainException(
                ErrorReason.GenericNote,
                "Notes of a batch must not repeat word for word."
            );
        }
    }

    /// <summary>Reads an invitation that the member sent or received.</summary>
    /// <exception cref="DomainException"><see cref="ErrorReason.InvitationNotFound"/>.</exception>
    public async Task<Relationship> GetAsync(
        string actor,
        InvitationId id,
        CancellationToken cancellationToken
    )
    {
        var side = PartyOf(actor, id);
        var relationship = await store.GetAsync(id.Pair, cancellationToken).ConfigureAwait(false);
        return relationship.Invitation?.Number == id.Number && relationship.ShowsInvitationTo(side)
            ? relationship
            : throw NotFound();
    }

    /// <summary>A page of the member's invitations, newest first.</summary>
    public Task<IReadOnlyList<Relationship>> ListAsync(
        ListQuery query,
        CancellationToken cancellationToken
    ) => store.ListRelationshipsAsync(query, cancellationToken);

    /// <summary>
    /// A page of the invitations that blocks of the member ended, newest first. They stand in no list of their own: each is a
    /// document of the member's list of blocks, which is short.
    /// </summary>
    /// <param name="actor">The member.</param>
    /// <param name="sent">Those that the member sent; else those received.</param>
    /// <param name="after">Only what comes after this place.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it between pages of blocks.</param>
    public async Task<IReadOnlyList<Relationship>> ListSupersededAsync(
        string actor,
        bool sent,
        ListPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var found = new List<Relationship>();
        while (found.Count < limit)
        {
            var page = await store
                .ListRelationshipsAsync(
                    new ListQuery(actor, RelationshipList.Blocked, BlocksAtOnce) { After = after },
                    cancellationToken
                )
                .ConfigureAwait(false);
            found.AddRange(
                page.Where(relationship =>
                {
                    var side = relationship.Pair.SideOf(actor);
                    return relationship.ShowsInvitationTo(side)
                        && relationship.Invitation!.Inviter == side == sent;
                })
            );
            if (page.Count < BlocksAtOnce)
            {
                break;
            }
            var last = page[^1];
            var lastSide = last.Pair.SideOf(actor);
            after = new ListPosition(
                last.ListTimeOf(lastSide),
                last.Pair.MemberAt(lastSide.Other())
            );
        }
        return [.. found.Take(limit)];
    }

    /// <summary>How many invitations <see cref="ListSupersededAsync"/> would list without a limit.</summary>
    public async Task<(long Sent, long Received)> CountSupersededAsync(
        string actor,
        CancellationToken cancellationToken
    ) =>
        (
            (
                await ListSupersededAsync(actor, true, null, int.MaxValue, cancellationToken)
                    .ConfigureAwait(false)
            ).Count,
            (
                await ListSupersededAsync(actor, false, null, int.MaxValue, cancellationToken)
                    .ConfigureAwait(false)
            ).Count
        );

    /// <summary>The counts of all lists of a member.</summary>
    public Task<IReadOnlyDictionary<RelationshipList, long>> CountAsync(
        string actor,
        CancellationToken cancellationToken
    ) => store.CountAllAsync(actor, cancellationToken);

    /// <summary>Accepts a pending invitation.</summary>
    /// <exception cref="DomainException">See <c>InvitationsService.AcceptInvitation</c>.</exception>
    public Task<RelationshipAnswer> AcceptAsync(
        string actor,
        InvitationId id,
        RequestKey? request,
        CancellationToken cancellationToken
    )
    {
        PartyOf(actor, id);
        return updater.UpdateAsync(
            id.Pair,
            relationship =>
                relationship.Accept(
                    new RelationshipCommand(actor, updater.Now, request),
                    id.Number
                ),
            cancellationToken
        );
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
        var policy = options.CurrentValue.Policy;
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
        var policy = options.CurrentValue.Policy;
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

    // strangers learn nothing: the answer is that of an invitation that does not exist
    private static Side PartyOf(string actor, InvitationId id)
    {
        var side = id.Pair.SideOf(actor);
        return side == Side.None ? throw NotFound() : side;
    }

    private static DomainException NotFound() =>
        new(ErrorReason.InvitationNotFound, "There is no such invitation.");
}
