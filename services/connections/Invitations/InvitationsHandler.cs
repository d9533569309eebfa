using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Connections.Limits;
using Platform.Connections.Members;
using Platform.Connections.Relationships;
using Platform.Connections.Settings;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Invitations;

/// <summary>Decides on invitations.</summary>
public sealed class InvitationsHandler(
    IConnectionStore store,
    IMemberStore members,
    RelationshipUpdater updater,
    MemberSlots slots,
    LimitPolicySource limits,
    InvitationAudienceCheck audience,
    IOptionsMonitor<InvitationOptions> options
)
{
    private const int BlocksAtOnce = 200;

    // how many pairs of a batch are read at once
    private const int ReadTogether = 8;

    /// <summary>The times that rule invitations now.</summary>
    public InvitationPolicy Policy => options.CurrentValue.Policy;

    /// <summary>Invites a member; connects the two when the other's invitation is pending.</summary>
    /// <param name="actor">Who invites.</param>
    /// <param name="tier">The tier of the call's token.</param>
    /// <param name="invitation">Whom, and with what words.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <c>InvitationsService.SendInvitation</c>.</exception>
    public async Task<RelationshipAnswer> SendAsync(
        string actor,
        string tier,
        InvitationToSend invitation,
        CancellationToken cancellationToken
    )
    {
        if (IsOneself(actor, invitation.InviteeId))
        {
            throw SelfInvitation();
        }
        var records = await members
            .GetManyAsync([actor, invitation.InviteeId], cancellationToken)
            .ConfigureAwait(false);
        RefuseErased(records[0]);
        var admission = new Admission(slots, limits, actor, tier, records[0]);
        try
        {
            return await SendAsync(
                    actor,
                    tier,
                    invitation,
                    await audience
                        .InvitabilityOfAsync(records[1], actor, cancellationToken)
                        .ConfigureAwait(false),
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

    /// <summary>
    /// Invites several members, one after the other; what they need of the limits is taken at once, in their order. A refusal of one
    /// leaves the others.
    /// </summary>
    /// <returns>An outcome for each, in their order.</returns>
    /// <exception cref="DomainException"><see cref="ErrorReason.MemberDeleted"/>, or what kept all of them from being tried.</exception>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(
        string actor,
        string tier,
        IReadOnlyList<InvitationToSend> invitations,
        CancellationToken cancellationToken
    )
    {
        var records = await members
            .GetManyAsync(
                [actor, .. invitations.Select(invitation => invitation.InviteeId)],
                cancellationToken
            )
            .ConfigureAwait(false);
        RefuseErased(records[0]);
        var invitabilities = new List<Invitability>(invitations.Count);
        foreach (var invitee in records.Skip(1))
        {
            invitabilities.Add(
                await audience
                    .InvitabilityOfAsync(invitee, actor, cancellationToken)
                    .ConfigureAwait(false)
            );
        }
        var admission = new Admission(slots, limits, actor, tier, records[0]);
        try
        {
            await admission
                .PrepareAsync(
                    await FindNewAsync(actor, invitations, invitabilities, cancellationToken)
                        .ConfigureAwait(false),
                    cancellationToken
                )
                .ConfigureAwait(false);
            var outcomes = new List<SendOutcome>(invitations.Count);
            DomainException? away = null;
            for (var index = 0; index < invitations.Count; index++)
            {
                // each try would take as long as the store may
                if (away is not null)
                {
                    outcomes.Add(new SendOutcome(null, away));
                    continue;
                }
                try
                {
                    outcomes.Add(
                        new SendOutcome(
                            IsOneself(actor, invitations[index].InviteeId)
                                ? throw SelfInvitation()
                                : await SendAsync(
                                        actor,
                                        tier,
                                        invitations[index],
                                        invitabilities[index],
                                        admission,
                                        cancellationToken
                                    )
                                    .ConfigureAwait(false),
                            null
                        )
                    );
                }
                catch (DomainException refusal)
                {
                    outcomes.Add(new SendOutcome(null, refusal));
                    away = refusal.Reason == ErrorReason.StoreUnavailable ? refusal : null;
                }
            }
            return outcomes;
        }
        finally
        {
            await admission.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Says whether a member may invite another now, and all that is against it.</summary>
    /// <param name="actor">Who would invite.</param>
    /// <param name="tier">The tier of the call's token.</param>
    /// <param name="inviteeId">Who would be invited.</param>
    /// <param name="showsCauses">Tells what makes a member uninvitable, which only operators may know.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<InvitationExplanation> ExplainAsync(
        string actor,
        string tier,
        string inviteeId,
        bool showsCauses,
        CancellationToken cancellationToken
    )
    {
        if (IsOneself(actor, inviteeId))
        {
            return new InvitationExplanation(false, [SelfInvitation()]);
        }
        var pair = MemberPair.Of(actor, inviteeId);
        var records = await members
            .GetManyAsync([actor, inviteeId], cancellationToken)
            .ConfigureAwait(false);
        var invitability = await audience
            .InvitabilityOfAsync(records[1], actor, cancellationToken)
            .ConfigureAwait(false);
        var relationship = await store.GetAsync(pair, cancellationToken).ConfigureAwait(false);
        var obstacles = new List<DomainException>();
        if (records[0].IsErased)
        {
            obstacles.Add(MemberDeleted());
        }
        var ofPair = relationship.ObstaclesToSend(pair.SideOf(actor), updater.Now, invitability);
        if (showsCauses && ofPair is [{ Reason: ErrorReason.NotInvitable }, ..])
        {
            obstacles.AddRange(
                CausesOf(relationship, invitability)
                    .Select(cause => Relationship.NotInvitable().With("cause", cause))
            );
            obstacles.AddRange(ofPair.Skip(1));
        }
        else
        {
            obstacles.AddRange(ofPair);
        }
        var ofActor = limits.Of(tier);
        var wouldConnect = relationship.State == RelationshipState.Pending && ofPair.Count == 0;
        if (wouldConnect)
        {
            var sides = new[]
            {
                (Member: actor, Limits: ofActor),
                (Member: inviteeId, Limits: limits.Of(relationship.Invitation!.Tier)),
            };
            foreach (var side in sides)
            {
                if (
                    await slots
                        .ObstacleToConnectAsync(side.Member, side.Limits, cancellationToken)
                        .ConfigureAwait(false) is
                    { } full
                )
                {
                    obstacles.Add(full);
                }
            }
        }
        else
        {
            obstacles.AddRange(
                await slots
                    .ObstaclesToInviteAsync(actor, ofActor, cancellationToken)
                    .ConfigureAwait(false)
            );
        }
        return new InvitationExplanation(wouldConnect, obstacles);
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
        if (notes.Any(note => note.Length > 0 && !seen.Add(WordsOf(note))))
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

    private Task<RelationshipAnswer> SendAsync(
        string actor,
        string tier,
        InvitationToSend invitation,
        Invitability invitability,
        Admission admission,
        CancellationToken cancellationToken
    )
    {
        var policy = Policy;
        return updater.UpdateAsync(
            MemberPair.Of(actor, invitation.InviteeId),
            relationship => Decide(relationship, actor, tier, invitation, invitability, policy),
            admission,
            cancellationToken
        );
    }

    private Decision Decide(
        Relationship relationship,
        string actor,
        string tier,
        InvitationToSend invitation,
        Invitability invitability,
        InvitationPolicy policy
    ) =>
        relationship.Send(
            new RelationshipCommand(actor, updater.Now, invitation.Request, tier),
            invitation.Note,
            invitation.Context,
            policy,
            invitability
        );

    // those of a batch that would be new invitations, as things stand: repetitions, refusals and connections need no slot
    private async Task<IReadOnlyList<SlotKey>> FindNewAsync(
        string actor,
        IReadOnlyList<InvitationToSend> invitations,
        List<Invitability> invitabilities,
        CancellationToken cancellationToken
    )
    {
        var policy = Policy;
        var found = new SlotKey?[invitations.Count];
        await Parallel
            .ForAsync(
                0,
                found.Length,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = ReadTogether,
                    CancellationToken = cancellationToken,
                },
                async (index, cancel) =>
                {
                    var invitation = invitations[index];
                    if (IsOneself(actor, invitation.InviteeId))
                    {
                        return;
                    }
                    var relationship = await store
                        .GetAsync(MemberPair.Of(actor, invitation.InviteeId), cancel)
                        .ConfigureAwait(false);
                    var next = Decide(
                        relationship,
                        actor,
                        tier: "",
                        invitation,
                        invitabilities[index],
                        policy
                    ).Next;
                    if (next is { State: RelationshipState.Pending, Invitation: { } sent })
                    {
                        found[index] = new SlotKey(invitation.InviteeId, sent.Number);
                    }
                }
            )
            .ConfigureAwait(false);
        return [.. found.OfType<SlotKey>()];
    }

    private static IEnumerable<string> CausesOf(
        Relationship relationship,
        Invitability invitability
    )
    {
        if (relationship.BlockedBy != Side.None)
        {
            yield return "block";
        }
        if (invitability == Invitability.Closed)
        {
            yield return "setting";
        }
        if (invitability == Invitability.Gone)
        {
            yield return "absence";
        }
    }

    private static string WordsOf(string note) =>
        string.Join(' ', note.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static bool IsOneself(string actor, string inviteeId) =>
        string.Equals(actor, inviteeId, StringComparison.Ordinal);

    private static void RefuseErased(MemberRecord actor)
    {
        if (actor.IsErased)
        {
            throw MemberDeleted();
        }
    }

    private static DomainException MemberDeleted() =>
        new(ErrorReason.MemberDeleted, "The member is being erased, or has been.");

    private static DomainException SelfInvitation() =>
        new(ErrorReason.SelfInvitation, "A member cannot invite themselves.");

    // strangers learn nothing: the answer is that of an invitation that does not exist
    private static Side PartyOf(string actor, InvitationId id)
    {
        var side = id.Pair.SideOf(actor);
        return side == Side.None ? throw NotFound() : side;
    }

    private static DomainException NotFound() =>
        new(ErrorReason.InvitationNotFound, "There is no such invitation.");
}
