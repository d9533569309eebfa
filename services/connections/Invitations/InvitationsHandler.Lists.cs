using Platform.Common.V1;
using Platform.Connections.Relationships;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <content>Looking at invitations.</content>
public sealed partial class InvitationsHandler
{
    private const int BlocksAtOnce = 200;

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
}
