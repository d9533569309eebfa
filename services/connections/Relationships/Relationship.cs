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

    /// <summary>
    /// The number of the latest invitation when one of the two last blocked the other; 0 if nobody ever did. What began under this
    /// invitation or an earlier one ended with the block: a number, because times of two replicas say nothing about what came first.
    /// </summary>
    public int BlockedThrough { get; init; }

    /// <summary>The latest invitation; null when there never was one.</summary>
    public Invitation? Invitation { get; init; }

    /// <summary>Since when the two are in this state: the time by which lists order them.</summary>
    public DateTimeOffset StateTime { get; init; }

    /// <summary>Until when the low side may not invite.</summary>
    public DateTimeOffset? LowBarredUntil { get; init; }

    /// <summary>Until when the high side may not invite.</summary>
    public DateTimeOffset? HighBarredUntil { get; init; }

    /// <summary>Since when the low side blocks the high one; null while it does not.</summary>
    public DateTimeOffset? LowBlockTime { get; init; }

    /// <summary>Since when the high side blocks the low one; null while it does not.</summary>
    public DateTimeOffset? HighBlockTime { get; init; }

    /// <summary>When the low side last lifted a block, unless it blocks again.</summary>
    public DateTimeOffset? LowUnblockTime { get; init; }

    /// <summary>When the high side last lifted a block, unless it blocks again.</summary>
    public DateTimeOffset? HighUnblockTime { get; init; }

    /// <summary>
    /// When one of the two last blocked the other; it stays when the block is lifted.
    /// </summary>
    public DateTimeOffset? LastBlockTime { get; init; }

    /// <summary>The mutations that can be repeated, oldest first.</summary>
    public IReadOnlyList<RecentMutation> RecentMutations { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<Transition> Ledger { get; init; } = [];

    /// <summary>The revision the store gave to the last change; 0 when nothing is stored.</summary>
    public long Revision { get; init; }

    /// <summary>What a check needs to know.</summary>
    public PairStatus Status =>
        new(
            State,
            Invitation?.Inviter ?? Side.None,
            Invitation?.Number ?? 0,
            BlockedBy,
            BlockedThrough
        );

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

    /// <summary>
    /// Blocks the other. It ends the connection or the pending invitation, and whatever else there was to see; while it stands
    /// every other command is refused, so it wins every race. Cool-downs stay. Blocking again changes nothing.
    /// </summary>
    /// <param name="command">Who, when.</param>
    /// <param name="pause">How long after lifting a block the same side may not block again.</param>
    public Decision Block(RelationshipCommand command, TimeSpan pause)
    {
        var actor = ActorOf(command);
        if (FindRepetition(command, actor) is { } repetition)
        {
            return repetition;
        }
        if (BlockTime(actor) is { } since)
        {
            return command.Request is null
                ? Decision.Repeat(
                    new RelationshipAnswer(Pair, null, Revision) { BlockTime = since }
                )
                : Decision.Store(
                    Remember(command, actor, this, answer: null, since),
                    invitation: null,
                    since
                );
        }
        if (UnblockTime(actor) + pause is { } until && command.Now < until)
        {
            return Decision.Refuse(
                new DomainException(
                    ErrorReason.BlockTooSoon,
                    "A block of this member was lifted a short while ago."
                ).With("until", until)
            );
        }
        var invitation =
            State == RelationshipState.Pending
                ? Invitation! with
                {
                    State = InvitationState.Superseded,
                    EndTime = command.Now,
                }
                : Invitation;
        return Store(
            command,
            actor,
            TransitionKind.Blocked,
            WithBlock(actor, blockTime: command.Now, unblockTime: null) with
            {
                State = RelationshipState.None,
                BlockedBy = BlockedBy | actor,
                LastBlockTime = command.Now,
                BlockedThrough = invitation?.Number ?? 0,
                Invitation = invitation,
            },
            answer: null,
            command.Now
        );
    }

    /// <summary>Lifts the actor's block. It restores nothing, and the other's block stands.</summary>
    /// <param name="command">Who, when.</param>
    /// <param name="pause">How long the same side may not block again.</param>
    public Decision Unblock(RelationshipCommand command, TimeSpan pause)
    {
        var actor = ActorOf(command);
        if (FindRepetition(command, actor) is { } repetition)
        {
            return repetition;
        }
        return BlockedBy.HasFlag(actor)
            ? Store(
                command,
                actor,
                TransitionKind.Unblocked,
                WithBlock(actor, blockTime: null, unblockTime: command.Now) with
                {
                    BlockedBy = BlockedBy & ~actor,
                },
                answer: null,
                command.Now + pause
            )
            : Refuse(ErrorReason.NotBlocked, "This member is not blocked.");
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

    /// <summary>
    /// Whether the invitation is there for a side: a withdrawn one vanishes for its invitee, and one that a block ended is there
    /// only for the side whose block did it, while that stands.
    /// </summary>
    public bool ShowsInvitationTo(Side side) =>
        Invitation is { } invitation
        && State switch
        {
            RelationshipState.Removed => false,
            RelationshipState.None => ShowsSupersededTo(side),
            RelationshipState.Withdrawn => invitation.Inviter == side,
            _ => true,
        };

    /// <summary>The list of a side's member in which this stands; null for none. See <see cref="RelationshipList"/> for accepted ones.</summary>
    public RelationshipList? ListOf(Side side)
    {
        if (BlockedBy != Side.None)
        {
            return BlockedBy.HasFlag(side) ? RelationshipList.Blocked : RelationshipList.BlockedBy;
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

    /// <summary>
    /// Since when it stands in that list: the time by which the list orders it. Each side has its own, so that what a block of the
    /// other does cannot be told from one's own list of blocks.
    /// </summary>
    public DateTimeOffset ListTimeOf(Side side) => BlockTime(side) ?? StateTime;

    /// <summary>Since when a side blocks the other; null while it does not.</summary>
    public DateTimeOffset? BlockTime(Side side) => side == Side.Low ? LowBlockTime : HighBlockTime;

    /// <summary>When a side last lifted a block, unless it blocks again.</summary>
    public DateTimeOffset? UnblockTime(Side side) =>
        side == Side.Low ? LowUnblockTime : HighUnblockTime;

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

    private Relationship WithBlock(
        Side side,
        DateTimeOffset? blockTime,
        DateTimeOffset? unblockTime
    ) =>
        side == Side.Low
            ? this with
            {
                LowBlockTime = blockTime,
                LowUnblockTime = unblockTime,
            }
            : this with
            {
                HighBlockTime = blockTime,
                HighUnblockTime = unblockTime,
            };

    // The block that ended it is of the very time of that end. The block of the other side is of another one; if not, it came in the
    // same millisecond, and that side saw the invitation pending until then.
    private bool ShowsSupersededTo(Side side) =>
        Invitation is { State: InvitationState.Superseded } invitation
        && BlockTime(side) == invitation.EndTime;

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
                        {
                            BlockTime = mutation.BlockTime,
                        }
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
        Invitation? answer,
        DateTimeOffset? blockTime = null
    ) =>
        Decision.Store(
            Remember(command, actor, Advance(command.Now, actor, kind, changed), answer, blockTime),
            answer,
            blockTime
        );

    private static Relationship Remember(
        RelationshipCommand command,
        Side actor,
        Relationship next,
        Invitation? answer,
        DateTimeOffset? blockTime
    )
    {
        if (command.Request is not { } request)
        {
            return next;
        }
        var mutation = new RecentMutation(
            actor,
            request.Id,
            request.Fingerprint,
            command.Now,
            answer,
            Revision: 0
        )
        {
            BlockTime = blockTime,
        };
        return next with
        {
            RecentMutations =
            [
                .. next.RecentMutations.Append(mutation).TakeLast(MaxRecentMutations),
            ],
        };
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
                        new Transition(
                            kind,
                            actor,
                            now,
                            changed.Invitation?.Number ?? 0,
                            Revision: 0
                        )
                    )
                    .TakeLast(MaxLedger),
            ],
            RecentMutations =
            [
                .. RecentMutations.Where(mutation => now - mutation.Time < RequestIdLifetime),
            ],
        };
}
