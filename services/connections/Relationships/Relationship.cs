using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

/// <summary>
/// All that is between two members, as one document: the state machine of inviting and being connected. It is immutable;
/// each command decides on a new one, a repetition or a refusal, and whoever executes the decision stores it if the
/// revision is still the same. So of two who act at once one wins, and the other decides again on what the winner left.
/// </summary>
public sealed record Relationship
{
    /// <summary>How long a <c>request_id</c> is remembered.</summary>
    public static readonly TimeSpan RequestIdLifetime = TimeSpan.FromHours(24);

    /// <summary>How many mutations with a <c>request_id</c> a pair remembers at most; the oldest go first.</summary>
    public const int MaxRecentMutations = 32;

    /// <summary>
    /// How many transitions a pair remembers at most; the oldest go first. A watcher that was away while a pair changed more
    /// often than this cannot be told all of it, and its cursor expires.
    /// </summary>
    public const int MaxLedger = 64;

    /// <summary>The two members.</summary>
    public required MemberPair Pair { get; init; }

    /// <summary>What stands between them.</summary>
    public RelationshipState State { get; init; }

    /// <summary>Who of the two blocks the other.</summary>
    public Side BlockedBy { get; init; }

    /// <summary>The latest invitation; null when there never was one.</summary>
    public Invitation? Invitation { get; init; }

    /// <summary>Since when the two are in this state: the time by which lists order them.</summary>
    public DateTimeOffset StateTime { get; init; }

    /// <summary>Until when the low side may not invite.</summary>
    public DateTimeOffset? LowBarredUntil { get; init; }

    /// <summary>Until when the high side may not invite.</summary>
    public DateTimeOffset? HighBarredUntil { get; init; }

    /// <summary>The mutations that can be repeated, oldest first.</summary>
    public IReadOnlyList<RecentMutation> RecentMutations { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<Transition> Ledger { get; init; } = [];

    /// <summary>The revision the store gave to the last change; 0 when nothing is stored.</summary>
    public long Revision { get; init; }

    /// <summary>What a check needs to know.</summary>
    public PairStatus Status =>
        new(State, Invitation?.Inviter ?? Side.None, Invitation?.Number ?? 0, BlockedBy);

    /// <summary>The relationship of two members between whom nothing ever happened.</summary>
    public static Relationship None(MemberPair pair) => new() { Pair = pair };

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

    /// <summary>Ends the connection. Bars nobody: either may invite again at once.</summary>
    public Decision Remove(RelationshipCommand command)
    {
        var actor = ActorOf(command);
        if (FindRepetition(command, actor) is { } repetition)
        {
            return repetition;
        }
        return State == RelationshipState.Connected
            ? Store(
                command,
                actor,
                TransitionKind.Removed,
                this with
                {
                    State = RelationshipState.Removed,
                },
                answer: null
            )
            : Refuse(ErrorReason.NotConnected, "The two are not connected.");
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

    /// <summary>
    /// Leaves nothing of the pair but one line for watchers: one of the two is erased. It does not say which; to the other that
    /// is a secret, and their next question is answered as for a member who never was.
    /// </summary>
    /// <returns>What has to be stored; null when it is done already.</returns>
    public Relationship? Erase(DateTimeOffset now)
    {
        if (State == RelationshipState.Erased)
        {
            return null;
        }
        var isMissed = State is RelationshipState.Pending or RelationshipState.Connected;
        return Erased(
            Pair,
            new Transition(
                isMissed ? TransitionKind.Removed : TransitionKind.Emptied,
                Side.None,
                now,
                Invitation?.Number ?? 0,
                Revision: 0
            )
        ) with
        {
            Revision = Revision,
        };
    }

    /// <summary>The document by which the record of changes says that a member was erased.</summary>
    public static Relationship Marker(string member, DateTimeOffset now) =>
        Erased(
            MemberPair.MarkerOf(member),
            new Transition(TransitionKind.MemberDeleted, Side.None, now, 0, Revision: 0)
        );

    private static Relationship Erased(MemberPair pair, Transition line) =>
        new()
        {
            Pair = pair,
            State = RelationshipState.Erased,
            StateTime = line.Time,
            Ledger = [line],
        };

    /// <summary>Whether the invitation is there for a side: a withdrawn one vanishes for its invitee.</summary>
    public bool ShowsInvitationTo(Side side) =>
        Invitation is { } invitation
        && State != RelationshipState.Removed
        && BlockedBy == Side.None
        && (invitation.Inviter == side || invitation.State != InvitationState.Withdrawn);

    /// <summary>The list of a side's member in which this stands; null for none. See <see cref="RelationshipList"/> for accepted ones.</summary>
    public RelationshipList? ListOf(Side side)
    {
        if (BlockedBy != Side.None)
        {
            return null;
        }
        var sent = Invitation?.Inviter == side;
        return State switch
        {
            RelationshipState.Connected => RelationshipList.Connections,
            RelationshipState.Pending when sent => RelationshipList.SentPending,
            RelationshipState.Pending => RelationshipList.ReceivedPending,
            RelationshipState.Declined when sent => RelationshipList.SentDeclined,
            RelationshipState.Declined => RelationshipList.ReceivedDeclined,
            RelationshipState.Expired when sent => RelationshipList.SentExpired,
            RelationshipState.Expired => RelationshipList.ReceivedExpired,
            RelationshipState.Withdrawn when sent => RelationshipList.SentWithdrawn,
            _ => null,
        };
    }

    /// <summary>Until when a side may not invite; null when it may.</summary>
    public DateTimeOffset? BarredUntil(Side side) =>
        side == Side.Low ? LowBarredUntil : HighBarredUntil;

    /// <summary>This, with the revision that the store gives to what is new in it.</summary>
    public Relationship Stamped(long revision) =>
        this with
        {
            Revision = revision,
            Ledger =
            [
                .. Ledger.Select(line =>
                    line.Revision == 0 ? line with { Revision = revision } : line
                ),
            ],
            RecentMutations =
            [
                .. RecentMutations.Select(mutation =>
                    mutation.Revision == 0 ? mutation with { Revision = revision } : mutation
                ),
            ],
        };

    private static Decision Refuse(ErrorReason reason, string message) =>
        Decision.Refuse(new DomainException(reason, message));

    private Side ActorOf(RelationshipCommand command)
    {
        var side = Pair.SideOf(command.Actor);
        return side != Side.None
            ? side
            : throw new ArgumentException("The actor is not of this pair.", nameof(command));
    }

    private Decision Connect(RelationshipCommand command, Side actor)
    {
        var invitation = Invitation! with
        {
            State = InvitationState.Accepted,
            EndTime = command.Now,
        };
        return Store(
            command,
            actor,
            TransitionKind.Connected,
            this with
            {
                State = RelationshipState.Connected,
                Invitation = invitation,
                LowBarredUntil = null,
                HighBarredUntil = null,
            },
            invitation
        );
    }

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
            || BlockedBy != Side.None
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

    private Decision? FindRepetition(RelationshipCommand command, Side actor)
    {
        if (command.Request is not { } request)
        {
            return null;
        }
        foreach (var mutation in RecentMutations)
        {
            if (
                mutation.Actor == actor
                && string.Equals(mutation.RequestId, request.Id, StringComparison.Ordinal)
                && command.Now - mutation.Time < RequestIdLifetime
            )
            {
                return string.Equals(
                    mutation.Fingerprint,
                    request.Fingerprint,
                    StringComparison.Ordinal
                )
                    ? Decision.Repeat(
                        new RelationshipAnswer(Pair, mutation.Invitation, mutation.Revision)
                    )
                    : Refuse(
                        ErrorReason.RequestIdReused,
                        "The request_id was used for a request with other content."
                    );
            }
        }
        return null;
    }

    private Decision Store(
        RelationshipCommand command,
        Side actor,
        TransitionKind kind,
        Relationship changed,
        Invitation? answer
    )
    {
        var next = Advance(command.Now, actor, kind, changed);
        if (command.Request is { } request)
        {
            var mutation = new RecentMutation(
                actor,
                request.Id,
                request.Fingerprint,
                command.Now,
                answer,
                Revision: 0
            );
            next = next with
            {
                RecentMutations =
                [
                    .. next.RecentMutations.Append(mutation).TakeLast(MaxRecentMutations),
                ],
            };
        }
        return Decision.Store(next, answer);
    }

    private Relationship Advance(
        DateTimeOffset now,
        Side actor,
        TransitionKind kind,
        Relationship changed
    ) =>
        changed with
        {
            // a reminder or an undone decline does not move an invitation within the lists, which are in order of sending
            StateTime =
                changed.State == RelationshipState.Pending ? changed.Invitation!.SentTime : now,
            Ledger =
            [
                .. Ledger
                    .Append(
                        new Transition(kind, actor, now, changed.Invitation!.Number, Revision: 0)
                    )
                    .TakeLast(MaxLedger),
            ],
            RecentMutations =
            [
                .. RecentMutations.Where(mutation => now - mutation.Time < RequestIdLifetime),
            ],
        };
}
