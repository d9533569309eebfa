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
public sealed partial class InvitationsHandler(
    IConnectionStore store,
    IMemberStore members,
    RelationshipUpdater updater,
    MemberSlots slots,
    LimitPolicySource limits,
    InvitationAudienceCheck audience,
    IOptionsMonitor<InvitationOptions> options
)
{
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

    private static DomainException NotFound() =>
        new(ErrorReason.InvitationNotFound, "There is no such invitation.");
}
