using CsCheck;
using Platform.Common.V1;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

/// <summary>What holds after any sequence of commands from both sides, with time passing in between.</summary>
public sealed class RelationshipProperties
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        TimeSpan.FromDays(21),
        TimeSpan.FromDays(90)
    );

    private static readonly TimeSpan Pause = TimeSpan.FromHours(48);

    private enum Verb
    {
        Send,
        Accept,
        Decline,
        Withdraw,
        Remove,
        Block,
        Unblock,
        Remind,
        UndoDecline,
    }

    /// <param name="Request">0 for none; small, so that ids repeat, with the same content and with another.</param>
    private sealed record Step(
        Verb Verb,
        bool ByLow,
        int NumberOffset,
        TimeSpan Wait,
        int Request,
        bool OtherContent,
        bool Expires
    );

    private static readonly Gen<Step> Steps = Gen.Select(
            Gen.Enum<Verb>(),
            Gen.Bool,
            Gen.Frequency((8, 0), (1, 1), (1, -1)),
            Gen.OneOf(
                TimeSpan.Zero,
                TimeSpan.FromMilliseconds(1),
                TimeSpan.FromHours(23),
                TimeSpan.FromDays(7),
                TimeSpan.FromDays(20),
                TimeSpan.FromDays(70)
            ),
            Gen.Int[0, 5],
            Gen.Frequency((9, false), (1, true)),
            Gen.Bool
        )
        .Select(step => new Step(
            step.Item1,
            step.Item2,
            step.Item3,
            step.Item4,
            step.Item5,
            step.Item6,
            step.Item7
        ));

    [Fact]
    public void AnySequence_KeepsTheInvariants() =>
        Steps
            .List[0, 60]
            .Sample(
                steps =>
                {
                    var now = Start;
                    var relationship = Relationship.None(MemberPair.Of("ann", "bob"));
                    AssertInvariants(relationship);
                    foreach (var step in steps)
                    {
                        now += step.Wait;
                        if (step.Expires && relationship.Expire(now) is { } expired)
                        {
                            relationship = expired.Stamped(relationship.Revision + 1);
                            AssertInvariants(relationship);
                            Assert.Null(relationship.Expire(now));
                        }
                        var decision = Decide(relationship, step, now);
                        AssertDecision(relationship, decision, step, now);
                        AssertOthersBlockIsUnknown(relationship, decision, step);
                        if (decision.Next is { } next)
                        {
                            var stored = next.Stamped(relationship.Revision + 1);
                            AssertInvariants(stored);
                            AssertRepeatable(stored, decision, step, now);
                            relationship = stored;
                        }
                    }
                },
                iter: 3000
            );

    [Fact]
    public void AnyState_CrossingInvitationsConnect() =>
        Gen.Select(Steps.List[0, 30], Gen.Bool)
            .Sample(
                (steps, byLow) =>
                {
                    var relationship = Run(steps, out var now);
                    // long enough for every cool-down and request id to end
                    now += TimeSpan.FromDays(200);
                    if (
                        relationship.BlockedBy != Side.None
                        || relationship.State
                            is RelationshipState.Connected
                                or RelationshipState.Pending
                    )
                    {
                        return;
                    }
                    var (first, second) = byLow ? ("ann", "bob") : ("bob", "ann");

                    var invited = relationship
                        .Send(new RelationshipCommand(first, now), "", null, Policy)
                        .Next!.Stamped(relationship.Revision + 1);
                    var crossed = invited.Send(
                        new RelationshipCommand(second, now),
                        "",
                        null,
                        Policy
                    );

                    Assert.Equal(RelationshipState.Connected, crossed.Next!.State);
                    Assert.Equal(InvitationState.Accepted, crossed.Answer!.Invitation!.State);
                },
                iter: 1000
            );

    private static Relationship Run(IEnumerable<Step> steps, out DateTimeOffset now)
    {
        now = Start;
        var relationship = Relationship.None(MemberPair.Of("ann", "bob"));
        foreach (var step in steps)
        {
            now += step.Wait;
            relationship =
                Decide(relationship, step, now).Next?.Stamped(relationship.Revision + 1)
                ?? relationship;
        }
        return relationship;
    }

    private static Decision Decide(Relationship relationship, Step step, DateTimeOffset now)
    {
        var command = new RelationshipCommand(
            step.ByLow ? "ann" : "bob",
            now,
            step.Request == 0
                ? null
                : new RequestKey($"r{step.Request}", $"{step.Verb}{(step.OtherContent ? "!" : "")}")
        );
        var number = (relationship.Invitation?.Number ?? 0) + step.NumberOffset;
        return step.Verb switch
        {
            Verb.Send => relationship.Send(command, "note", null, Policy),
            Verb.Accept => relationship.Accept(command, number),
            Verb.Decline => relationship.Decline(
                command,
                number,
                DeclineReason.NotNow,
                "text",
                Policy
            ),
            Verb.Withdraw => relationship.Withdraw(command, number, Policy),
            Verb.Remove => relationship.Remove(command),
            Verb.Block => relationship.Block(command, Pause),
            Verb.Remind => relationship.Remind(command, number, Policy),
            Verb.UndoDecline => relationship.UndoDecline(command, number, Policy),
            _ => relationship.Unblock(command, Pause),
        };
    }

    [Fact]
    public void AnyState_Block_LeavesNothingToTheOther() =>
        Gen.Select(Steps.List[0, 30], Gen.Bool)
            .Sample(
                (steps, byLow) =>
                {
                    var relationship = Run(steps, out var now);
                    now += TimeSpan.FromDays(3);
                    var (blocker, other) = byLow ? ("ann", "bob") : ("bob", "ann");
                    var side = byLow ? Side.High : Side.Low;
                    if (relationship.BlockedBy.HasFlag(side))
                    {
                        relationship = Store(
                            relationship.Unblock(new RelationshipCommand(other, now), Pause),
                            relationship
                        );
                    }

                    // whatever stood there, the block is never refused: it wins every race
                    var block = relationship.Block(new RelationshipCommand(blocker, now), Pause);
                    var blocked = block.Next is null ? relationship : Store(block, relationship);

                    Assert.Null(block.Refusal);
                    AssertNothingTo(blocked, other, now);
                    var lifted = Store(
                        blocked.Unblock(new RelationshipCommand(blocker, now), Pause),
                        blocked
                    );
                    Assert.Equal(RelationshipState.None, lifted.State);
                    Assert.Null(lifted.ListOf(Side.Low));
                    Assert.Null(lifted.ListOf(Side.High));
                    Assert.False(lifted.ShowsInvitationTo(Side.Low));
                    Assert.False(lifted.ShowsInvitationTo(Side.High));
                    Assert.Equal(blocked.LowBarredUntil, lifted.LowBarredUntil);
                    Assert.Equal(blocked.HighBarredUntil, lifted.HighBarredUntil);
                    Assert.Equal(
                        ErrorReason.BlockTooSoon,
                        lifted
                            .Block(
                                new RelationshipCommand(
                                    blocker,
                                    now + Pause - TimeSpan.FromMilliseconds(1)
                                ),
                                Pause
                            )
                            .Refusal!.Reason
                    );
                    Assert.NotNull(
                        lifted.Block(new RelationshipCommand(blocker, now + Pause), Pause).Next
                    );
                },
                iter: 1000
            );

    private static Relationship Store(Decision decision, Relationship before) =>
        decision.Next!.Stamped(before.Revision + 1);

    private static void AssertNothingTo(Relationship blocked, string other, DateTimeOffset now)
    {
        var command = new RelationshipCommand(other, now);
        var number = blocked.Invitation?.Number ?? 1;
        var side = blocked.Pair.SideOf(other);
        Assert.Equal(RelationshipList.BlockedBy, blocked.ListOf(side));
        Assert.False(blocked.ShowsInvitationTo(side));
        Assert.Equal(
            ErrorReason.NotInvitable,
            blocked.Send(command, "", null, Policy).Refusal!.Reason
        );
        Assert.All(
            new[]
            {
                blocked.Accept(command, number),
                blocked.Decline(command, number, DeclineReason.None, "", Policy),
                blocked.Withdraw(command, number, Policy),
            },
            decision => Assert.Equal(ErrorReason.InvitationNotFound, decision.Refusal!.Reason)
        );
        Assert.Equal(ErrorReason.NotConnected, blocked.Remove(command).Refusal!.Reason);
        Assert.Equal(ErrorReason.NotBlocked, blocked.Unblock(command, Pause).Refusal!.Reason);
    }

    // who blocks cannot tell from what it sees whether it is blocked as well
    private static void AssertOthersBlockIsUnknown(
        Relationship before,
        Decision decision,
        Step step
    )
    {
        var other = step.ByLow ? Side.High : Side.Low;
        if (decision.Next is { } next && before.BlockedBy.HasFlag(other))
        {
            Assert.Equal(RelationshipList.Blocked, next.ListOf(other));
            Assert.Equal(before.ListTimeOf(other), next.ListTimeOf(other));
            Assert.Equal(before.ShowsInvitationTo(other), next.ShowsInvitationTo(other));
            Assert.Equal(before.BlockTime(other), next.BlockTime(other));
        }
    }

    private static void AssertBlocks(Relationship relationship)
    {
        foreach (var side in new[] { Side.Low, Side.High })
        {
            var blocks = relationship.BlockedBy.HasFlag(side);
            Assert.Equal(blocks, relationship.BlockTime(side) is not null);
            Assert.False(blocks && relationship.UnblockTime(side) is not null);
            Assert.Equal(blocks, relationship.ListOf(side) == RelationshipList.Blocked);
            Assert.True(
                relationship.BlockTime(side) is not { } since || since <= relationship.LastBlockTime
            );
        }
        if (relationship.BlockedBy != Side.None)
        {
            Assert.Equal(RelationshipState.None, relationship.State);
        }
    }

    private static void AssertInvariants(Relationship relationship)
    {
        var invitation = relationship.Invitation;
        AssertBlocks(relationship);
        Assert.True(relationship.State == RelationshipState.None || invitation is not null);
        if (invitation is not null)
        {
            Assert.Equal(
                relationship.State switch
                {
                    // a block leaves the last invitation as it had ended, or ends it
                    RelationshipState.None
                        when invitation.State != InvitationState.Pending
                            && relationship.LastBlockTime is not null => invitation.State,
                    RelationshipState.Pending => InvitationState.Pending,
                    RelationshipState.Connected or RelationshipState.Removed =>
                        InvitationState.Accepted,
                    RelationshipState.Declined => InvitationState.Declined,
                    RelationshipState.Withdrawn => InvitationState.Withdrawn,
                    _ => InvitationState.Expired,
                },
                invitation.State
            );
            Assert.Equal(invitation.State == InvitationState.Pending, invitation.EndTime is null);
            Assert.True(invitation.EndTime is null || invitation.EndTime >= invitation.SentTime);
            if (invitation.State == InvitationState.Pending)
            {
                Assert.Equal(invitation.SentTime, relationship.StateTime);
                Assert.Null(invitation.CoolDownEnd);
                Assert.Equal("", invitation.DeclineText);
            }
            Assert.Equal(invitation.Number, relationship.Ledger[^1].InvitationNumber);
        }
        if (relationship.State == RelationshipState.Connected)
        {
            Assert.Null(relationship.LowBarredUntil);
            Assert.Null(relationship.HighBarredUntil);
        }
        // both see the same, from their side
        var (low, high) = (relationship.ListOf(Side.Low), relationship.ListOf(Side.High));
        Assert.Equal(
            relationship.State == RelationshipState.Connected,
            low == RelationshipList.Connections && high == RelationshipList.Connections
        );
        Assert.True(
            low is null or RelationshipList.Connections or RelationshipList.Blocked || low != high
        );
        Assert.True(relationship.Ledger.Count <= Relationship.MaxLedger);
        Assert.True(relationship.RecentMutations.Count <= Relationship.MaxRecentMutations);
        Assert.All(relationship.Ledger, line => Assert.NotEqual(0, line.Revision));
        Assert.Equal(relationship.Ledger.OrderBy(line => line.Revision), relationship.Ledger);
        Assert.All(relationship.RecentMutations, mutation => Assert.NotEqual(0, mutation.Revision));
    }

    private static void AssertDecision(
        Relationship before,
        Decision decision,
        Step step,
        DateTimeOffset now
    )
    {
        // exactly one of: change, repetition, refusal
        Assert.Equal(decision.Refusal is null, decision.Answer is not null);
        Assert.False(decision.Refusal is not null && decision.Next is not null);
        if (decision.Next is { } next)
        {
            var actor = step.ByLow ? Side.Low : Side.High;
            Assert.Equal(before.Revision, next.Revision);
            if (step.Verb == Verb.Block && before.BlockedBy.HasFlag(actor))
            {
                // only remembered, so that it can be repeated
                Assert.Equal(before.Ledger, next.Ledger);
                Assert.Equal(before.StateTime, next.StateTime);
                return;
            }
            Assert.Equal(before.Ledger.TakeLast(15), next.Ledger.SkipLast(1).TakeLast(15));
            Assert.True(step.Verb is Verb.Block or Verb.Unblock || before.BlockedBy == Side.None);
            switch (step.Verb)
            {
                case Verb.Block:
                    Assert.Equal(before.BlockedBy | actor, next.BlockedBy);
                    Assert.Equal(now, next.BlockTime(actor));
                    Assert.True(
                        before.UnblockTime(actor) is not { } lifted || now >= lifted + Pause
                    );
                    break;
                case Verb.Unblock:
                    Assert.True(before.BlockedBy.HasFlag(actor));
                    Assert.Equal(before.BlockedBy & ~actor, next.BlockedBy);
                    break;
                case Verb.Send:
                    // a cool-down stops all but a crossing invitation
                    Assert.True(
                        next.State == RelationshipState.Connected
                            || before.BarredUntil(actor) is not { } until
                            || now >= until
                    );
                    break;
                case Verb.Accept or Verb.Decline:
                    Assert.NotEqual(before.Invitation!.Inviter, actor);
                    Assert.Equal(RelationshipState.Pending, before.State);
                    break;
                case Verb.Withdraw:
                    Assert.Equal(before.Invitation!.Inviter, actor);
                    Assert.Equal(RelationshipState.Pending, before.State);
                    break;
                case Verb.Remind:
                    // one reminder, by the inviter, after a week; nothing else changes
                    Assert.Equal(before.Invitation!.Inviter, actor);
                    Assert.Null(before.Invitation.ReminderTime);
                    Assert.True(now >= before.Invitation.SentTime + Policy.ReminderDelay);
                    Assert.Equal(before.Invitation, next.Invitation! with { ReminderTime = null });
                    Assert.Equal(before.StateTime, next.StateTime);
                    break;
                case Verb.UndoDecline:
                    // as if it had not been declined
                    Assert.NotEqual(before.Invitation!.Inviter, actor);
                    Assert.Equal(RelationshipState.Declined, before.State);
                    Assert.Equal(RelationshipState.Pending, next.State);
                    Assert.True(now < before.Invitation.EndTime + Policy.UndoWindow);
                    Assert.Null(next.BarredUntil(before.Invitation.Inviter));
                    break;
                default:
                    Assert.Equal(RelationshipState.Connected, before.State);
                    break;
            }
        }
        if (decision.Refusal?.Reason == ErrorReason.CoolDown)
        {
            Assert.True(
                DateTimeOffset.Parse(
                    decision.Refusal.Metadata["until"],
                    System.Globalization.CultureInfo.InvariantCulture
                ) > now
            );
        }
    }

    // whatever was just stored with a request id, asked again, changes nothing and gives the same answer
    private static void AssertRepeatable(
        Relationship stored,
        Decision first,
        Step step,
        DateTimeOffset now
    )
    {
        if (step.Request == 0)
        {
            return;
        }
        var again = Decide(stored, step, now + TimeSpan.FromHours(1));
        Assert.Null(again.Next);
        Assert.Null(again.Refusal);
        Assert.Equal(first.Answer! with { Revision = stored.Revision }, again.Answer);
    }
}
