using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Relationships;

public sealed partial record Relationship
{
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
}
