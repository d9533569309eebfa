using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

public sealed partial record Relationship
{
    /// <summary>
    /// Invites the other. If the other's invitation is pending, the two connect: whoever asks for the same thing from the
    /// other side has as good as accepted, also while in a cool-down.
    /// </summary>
    public Decision Send(
        RelationshipCommand command,
        string note,
        InvitationContext? context,
        InvitationPolicy policy,
        Invitability invitability = Invitability.Open
    )
    {
        var actor = ActorOf(command);
        if (FindRepetition(command, actor) is { } repetition)
        {
            return repetition;
        }
        if (ObstaclesToSend(actor, command.Now, invitability) is [var obstacle, ..])
        {
            return Decision.Refuse(obstacle);
        }
        if (State == RelationshipState.Pending)
        {
            return Connect(command, actor);
        }
        var invitation = new Invitation
        {
            Number = (Invitation?.Number ?? 0) + 1,
            Inviter = actor,
            State = InvitationState.Pending,
            Note = note,
            Context = context,
            SentTime = command.Now,
            ExpireTime = command.Now + policy.Expiry,
            Tier = command.Tier,
        };
        return Store(
            command,
            actor,
            TransitionKind.Invited,
            this with
            {
                State = RelationshipState.Pending,
                Invitation = invitation,
            },
            invitation
        );
    }

    /// <summary>
    /// Why a side may not invite the other now, as far as the pair is concerned; the first is what <see cref="Send"/> refuses with. A
    /// cool-down shows beside a block just as it does beside anything else that makes a member uninvitable.
    /// </summary>
    public IReadOnlyList<DomainException> ObstaclesToSend(
        Side actor,
        DateTimeOffset now,
        Invitability invitability = Invitability.Open
    )
    {
        var obstacles = new List<DomainException>();
        if (
            BlockedBy != Side.None
            || State == RelationshipState.Erased
            || invitability == Invitability.Gone
        )
        {
            obstacles.Add(NotInvitable());
        }
        else if (State == RelationshipState.Connected)
        {
            obstacles.Add(
                new DomainException(ErrorReason.AlreadyConnected, "The two are connected already.")
            );
        }
        else if (State == RelationshipState.Pending)
        {
            if (Invitation!.Inviter == actor)
            {
                obstacles.Add(
                    new DomainException(
                        ErrorReason.AlreadyInvited,
                        "The invitation to this member is pending."
                    )
                );
            }
            return obstacles;
        }
        else if (invitability == Invitability.Closed)
        {
            obstacles.Add(NotInvitable());
        }
        if (BarredUntil(actor) is { } until && now < until)
        {
            obstacles.Add(
                new DomainException(
                    ErrorReason.CoolDown,
                    "An earlier invitation was withdrawn or declined; a new one is barred for a while."
                ).With("until", until)
            );
        }
        return obstacles;
    }

    /// <summary>The refusal of an invitation that tells nothing about why: a block, a setting and an absence share it.</summary>
    public static DomainException NotInvitable() =>
        new(ErrorReason.NotInvitable, "This member cannot be invited.");

    /// <summary>Accepts the pending invitation; only the invitee.</summary>
    /// <param name="command">Who, when.</param>
    /// <param name="number">Which invitation of the pair.</param>
    public Decision Accept(RelationshipCommand command, int number)
    {
        var actor = ActorOf(command);
        return FindRepetition(command, actor)
            ?? RefuseUnlessPending(actor, number, asInviter: false)
            ?? Connect(command, actor);
    }

    /// <summary>Declines the pending invitation, and bars its inviter for a while; only the invitee.</summary>
    public Decision Decline(
        RelationshipCommand command,
        int number,
        DeclineReason reason,
        string text,
        InvitationPolicy policy
    )
    {
        var actor = ActorOf(command);
        if (
            (
                FindRepetition(command, actor)
                ?? RefuseUnlessPending(actor, number, asInviter: false)
            ) is
            { } settled
        )
        {
            return settled;
        }
        var until = command.Now + policy.DeclineCoolDown;
        var invitation = Invitation! with
        {
            State = InvitationState.Declined,
            EndTime = command.Now,
            DeclineReason = reason,
            DeclineText = text,
            CoolDownEnd = until,
        };
        return Store(
            command,
            actor,
            TransitionKind.Declined,
            Bar(invitation.Inviter, until) with
            {
                State = RelationshipState.Declined,
                Invitation = invitation,
            },
            invitation
        );
    }

    /// <summary>Takes a decline back while that is possible: the invitation is pending again and bars nobody; only the invitee.</summary>
    public Decision UndoDecline(RelationshipCommand command, int number, InvitationPolicy policy)
    {
        var actor = ActorOf(command);
        if (
            (
                FindRepetition(command, actor)
                ?? RefuseUnless(InvitationState.Declined, actor, number, asInviter: false)
            ) is
            { } settled
        )
        {
            return settled;
        }
        if (command.Now >= Invitation!.EndTime + policy.UndoWindow)
        {
            return Refuse(
                ErrorReason.UndoExpired,
                "The time in which this decline could be undone has passed."
            );
        }
        var invitation = Invitation with
        {
            State = InvitationState.Pending,
            EndTime = null,
            DeclineReason = DeclineReason.None,
            DeclineText = "",
            CoolDownEnd = null,
        };
        return Store(
            command,
            actor,
            TransitionKind.DeclineUndone,
            Bar(invitation.Inviter, until: null) with
            {
                State = RelationshipState.Pending,
                Invitation = invitation,
            },
            invitation
        );
    }

    /// <summary>Sends the one reminder of the pending invitation; only the inviter.</summary>
    public Decision Remind(RelationshipCommand command, int number, InvitationPolicy policy)
    {
        var actor = ActorOf(command);
        if (
            (
                FindRepetition(command, actor)
                ?? RefuseUnlessPending(actor, number, asInviter: true)
            ) is
            { } settled
        )
        {
            return settled;
        }
        if (Invitation!.ReminderTime is not null)
        {
            return Refuse(
                ErrorReason.ReminderAlreadySent,
                "The one reminder of this invitation was sent already."
            );
        }
        var from = Invitation.SentTime + policy.ReminderDelay;
        if (command.Now < from)
        {
            return Decision.Refuse(
                new DomainException(
                    ErrorReason.ReminderTooEarly,
                    "A reminder is possible only some days after the invitation."
                ).With("from", from)
            );
        }
        var invitation = Invitation with { ReminderTime = command.Now };
        return Store(
            command,
            actor,
            TransitionKind.Reminded,
            this with
            {
                Invitation = invitation,
            },
            invitation
        );
    }

    /// <summary>Takes the pending invitation back, and bars its inviter for a while; only the inviter.</summary>
    public Decision Withdraw(RelationshipCommand command, int number, InvitationPolicy policy)
    {
        var actor = ActorOf(command);
        if (
            (
                FindRepetition(command, actor)
                ?? RefuseUnlessPending(actor, number, asInviter: true)
            ) is
            { } settled
        )
        {
            return settled;
        }
        var until = command.Now + policy.WithdrawCoolDown;
        var invitation = Invitation! with
        {
            State = InvitationState.Withdrawn,
            EndTime = command.Now,
            CoolDownEnd = until,
        };
        return Store(
            command,
            actor,
            TransitionKind.Withdrawn,
            Bar(actor, until) with
            {
                State = RelationshipState.Withdrawn,
                Invitation = invitation,
            },
            invitation
        );
    }

    /// <summary>Ends an invitation that nobody acted on. Bars nobody: the inviter may try again.</summary>
    /// <returns>What has to be stored; null when nothing is due.</returns>
    public Relationship? Expire(DateTimeOffset now) =>
        State == RelationshipState.Pending && now >= Invitation!.ExpireTime
            ? Advance(
                now,
                Side.None,
                TransitionKind.Expired,
                this with
                {
                    State = RelationshipState.Expired,
                    Invitation = Invitation with { State = InvitationState.Expired, EndTime = now },
                }
            )
            : null;

    private Relationship Bar(Side side, DateTimeOffset? until) =>
        side == Side.Low
            ? this with
            {
                LowBarredUntil = until,
            }
            : this with
            {
                HighBarredUntil = until,
            };

    private Decision? RefuseUnlessPending(Side actor, int number, bool asInviter) =>
        RefuseUnless(InvitationState.Pending, actor, number, asInviter);

    private Decision? RefuseUnless(InvitationState expected, Side actor, int number, bool asInviter)
    {
        if (
            Invitation is not { } invitation
            || invitation.Number != number
            // a block, standing or lifted, took it away from whoever may not know of it
            || (State == RelationshipState.None && !ShowsSupersededTo(actor))
        )
        {
            return Refuse(ErrorReason.InvitationNotFound, "There is no such invitation.");
        }
        if ((invitation.Inviter == actor) != asInviter)
        {
            return asInviter
                ? Refuse(ErrorReason.NotTheInviter, "Only the inviter may do this.")
                : Refuse(ErrorReason.NotTheInvitee, "Only the invitee answers an invitation.");
        }
        if (invitation.State == expected)
        {
            return null;
        }
        var state = invitation.State.ToString().ToLowerInvariant();
        return Decision.Refuse(
            new DomainException(
                ErrorReason.InvitationNotPending,
                $"The invitation is not {expected.ToString().ToLowerInvariant()}: it is {state}."
            ).With("state", state)
        );
    }
}
