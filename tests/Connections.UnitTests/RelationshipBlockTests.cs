using Platform.Common.V1;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

/// <summary>What a block does to each state, and what each side then sees.</summary>
public sealed class RelationshipBlockTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Pause = TimeSpan.FromHours(48);
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        TimeSpan.FromDays(21),
        TimeSpan.FromDays(90)
    );
    private static readonly Relationship Nothing = Relationship.None(MemberPair.Of("ann", "bob"));

    [Fact]
    public void Block_Connected_EndsTheConnection()
    {
        var blocked = Stored(Block(Connected(), "ann"));

        Assert.Equal(RelationshipState.None, blocked.State);
        Assert.Equal(Side.Low, blocked.BlockedBy);
        Assert.Equal(RelationshipList.Blocked, blocked.ListOf(Side.Low));
        Assert.Equal(RelationshipList.BlockedBy, blocked.ListOf(Side.High));
        Assert.False(blocked.ShowsInvitationTo(Side.Low));
        Assert.False(blocked.ShowsInvitationTo(Side.High));
        Assert.Equal(TransitionKind.Blocked, blocked.Ledger[^1].Kind);
        Assert.Equal(Start, blocked.LastBlockTime);
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("bob")]
    public void Block_Pending_SupersedesTheInvitationForTheBlockerOnly(string blocker)
    {
        var blocked = Stored(Block(Invited(), blocker));
        var (mine, others) = Sides(blocker);

        Assert.Equal(InvitationState.Superseded, blocked.Invitation!.State);
        Assert.Equal(Start, blocked.Invitation.EndTime);
        Assert.True(blocked.ShowsInvitationTo(mine));
        Assert.False(blocked.ShowsInvitationTo(others));
        var inviter = Stored(Block(Invited(), "ann")).Withdraw(new("ann", Start), 1, Policy);
        Assert.Equal("superseded", AssertRefused(ErrorReason.InvitationNotPending, inviter));
        Assert.Null(blocked.Expire(Start + Policy.Expiry));
    }

    [Fact]
    public void Block_PendingAndLifted_TheInvitationIsGoneForBoth()
    {
        var lifted = Stored(Unblock(Stored(Block(Invited(), "bob")), "bob"));

        Assert.False(lifted.ShowsInvitationTo(Side.Low));
        Assert.False(lifted.ShowsInvitationTo(Side.High));
        AssertRefused(ErrorReason.InvitationNotFound, lifted.Accept(new("bob", Start), 1));
        AssertRefused(
            ErrorReason.InvitationNotFound,
            lifted.Withdraw(new("ann", Start), 1, Policy)
        );
        Assert.Equal(
            2,
            Stored(lifted.Send(new("ann", Start), "", null, Policy)).Invitation!.Number
        );
    }

    [Fact]
    public void Block_InCoolDown_KeepsTheCoolDown()
    {
        var declined = Stored(
            Invited().Decline(new("bob", Start), 1, DeclineReason.NotNow, "", Policy)
        );

        var lifted = Stored(Unblock(Stored(Block(declined, "bob")), "bob"));

        AssertRefused(ErrorReason.CoolDown, lifted.Send(new("ann", Start), "", null, Policy));
        Assert.Null(lifted.ListOf(Side.Low));
        Assert.Equal(
            RelationshipState.Pending,
            Stored(lifted.Send(new("bob", Start), "", null, Policy)).State
        );
    }

    [Fact]
    public void Block_ByBoth_EachHasItsOwnTimeAndLiftsItsOwn()
    {
        var first = Stored(Block(Connected(), "ann"));
        var both = Stored(Block(first, "bob", Start.AddHours(1)));

        Assert.Equal(Side.Low | Side.High, both.BlockedBy);
        Assert.Equal(RelationshipList.Blocked, both.ListOf(Side.Low));
        Assert.Equal(RelationshipList.Blocked, both.ListOf(Side.High));
        Assert.Equal(Start, both.ListTimeOf(Side.Low));
        Assert.Equal(Start.AddHours(1), both.ListTimeOf(Side.High));
        Assert.Equal(Start.AddHours(1), both.LastBlockTime);

        var lifted = Stored(Unblock(both, "ann", Start.AddHours(2)));
        Assert.Equal(RelationshipList.BlockedBy, lifted.ListOf(Side.Low));
        Assert.Equal(Start.AddHours(1), lifted.ListTimeOf(Side.High));
        AssertRefused(
            ErrorReason.NotInvitable,
            lifted.Send(new("ann", Start.AddHours(2)), "", null, Policy)
        );
    }

    [Fact]
    public void Block_OtherBlocksTooAfterAPendingInvitation_ItStaysHiddenFromTheOther()
    {
        var both = Stored(Block(Stored(Block(Invited(), "ann")), "bob", Start.AddMilliseconds(1)));

        Assert.True(both.ShowsInvitationTo(Side.Low));
        Assert.False(both.ShowsInvitationTo(Side.High));
    }

    [Fact]
    public void Block_Again_ChangesNothing()
    {
        var blocked = Stored(Block(Nothing, "ann"), revision: 7);

        var again = Block(blocked, "ann", Start.AddDays(1));

        Assert.Null(again.Next);
        Assert.Equal(Start, again.Answer!.BlockTime);
        Assert.Equal(7, again.Answer.Revision);
    }

    [Fact]
    public void Block_AgainWithARequestId_IsRememberedEvenAfterTheBlockIsLifted()
    {
        var request = new RequestKey("r1", "content");
        var blocked = Stored(Block(Nothing, "ann"));
        var again = Stored(
            blocked.Block(new("ann", Start.AddHours(1), request), Pause),
            revision: 2
        );
        Assert.Equal(blocked.Ledger, again.Ledger);
        var lifted = Stored(Unblock(again, "ann", Start.AddHours(2)), revision: 3);

        var repeated = lifted.Block(new("ann", Start.AddHours(3), request), Pause);

        Assert.Null(repeated.Next);
        Assert.Equal(Start, repeated.Answer!.BlockTime);
        Assert.Equal(2, repeated.Answer.Revision);
    }

    [Fact]
    public void Block_WithinThePauseAfterUnblock_IsRefusedUntilItsEnd()
    {
        var lifted = Stored(Unblock(Stored(Block(Nothing, "ann")), "ann"));

        var refusal = Block(lifted, "ann", Start + Pause - TimeSpan.FromMilliseconds(1)).Refusal!;

        Assert.Equal(ErrorReason.BlockTooSoon, refusal.Reason);
        Assert.Equal("2026-03-03T12:00:00.000Z", refusal.Metadata["until"]);
        Assert.NotNull(Block(lifted, "ann", Start + Pause).Next);
        // the pause is of the side that lifted
        Assert.NotNull(Block(lifted, "bob").Next);
    }

    [Fact]
    public void Unblock_SameRequestId_AnswersAsTheFirstTime()
    {
        var request = new RequestKey("r1", "content");
        var lifted = Stored(
            Stored(Block(Nothing, "ann")).Unblock(new("ann", Start, request), Pause),
            revision: 5
        );
        var blockedAgain = Stored(Block(lifted, "bob", Start.AddHours(1)), revision: 6);

        var again = blockedAgain.Unblock(new("ann", Start.AddHours(2), request), Pause);

        Assert.Null(again.Next);
        Assert.Equal(Start + Pause, again.Answer!.BlockTime);
        Assert.Equal(5, again.Answer.Revision);
    }

    [Fact]
    public void Unblock_NotBlocked_IsRefused()
    {
        AssertRefused(ErrorReason.NotBlocked, Unblock(Nothing, "ann"));
        AssertRefused(ErrorReason.NotBlocked, Unblock(Stored(Block(Nothing, "bob")), "ann"));
    }

    private static (Side Mine, Side Others) Sides(string member) =>
        member == "ann" ? (Side.Low, Side.High) : (Side.High, Side.Low);

    private static Relationship Invited() =>
        Stored(Nothing.Send(new("ann", Start), "Hello", null, Policy));

    private static Relationship Connected() => Stored(Invited().Accept(new("bob", Start), 1));

    private static Decision Block(
        Relationship relationship,
        string actor,
        DateTimeOffset? now = null
    ) => relationship.Block(new RelationshipCommand(actor, now ?? Start), Pause);

    private static Decision Unblock(
        Relationship relationship,
        string actor,
        DateTimeOffset? now = null
    ) => relationship.Unblock(new RelationshipCommand(actor, now ?? Start), Pause);

    private static Relationship Stored(Decision decision, long revision = 1)
    {
        Assert.Null(decision.Refusal);
        return decision.Next!.Stamped(revision);
    }

    private static string AssertRefused(ErrorReason reason, Decision decision)
    {
        Assert.Null(decision.Next);
        Assert.Equal(reason, decision.Refusal!.Reason);
        return decision.Refusal.Metadata.GetValueOrDefault("state", "");
    }
}
