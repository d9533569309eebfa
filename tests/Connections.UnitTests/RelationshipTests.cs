using Platform.Common.V1;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

public sealed class RelationshipTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        TimeSpan.FromDays(21),
        TimeSpan.FromDays(90)
    );
    private static readonly Relationship Nothing = Relationship.None(MemberPair.Of("bob", "ann"));

    [Fact]
    public void Send_NothingBefore_IsPendingWithNote()
    {
        var invited = Stored(Send(Nothing, "bob", note: "Hello"));

        Assert.Equal(RelationshipState.Pending, invited.State);
        Assert.Equal(Side.High, invited.Invitation!.Inviter);
        Assert.Equal("Hello", invited.Invitation.Note);
        Assert.Equal(1, invited.Invitation.Number);
        Assert.Equal(Start + Policy.Expiry, invited.Invitation.ExpireTime);
        Assert.Equal(RelationshipList.SentPending, invited.ListOf(Side.High));
        Assert.Equal(RelationshipList.ReceivedPending, invited.ListOf(Side.Low));
    }

    [Fact]
    public void Send_OwnInvitationPending_IsRefused() =>
        AssertRefused(ErrorReason.AlreadyInvited, Send(Stored(Send(Nothing, "ann")), "ann"));

    [Fact]
    public void Send_CrossingInvitations_Connect()
    {
        var invited = Stored(Send(Nothing, "ann", note: "first"));

        var crossed = Send(invited, "bob", note: "second");

        var connected = Stored(crossed);
        Assert.Equal(RelationshipState.Connected, connected.State);
        Assert.Equal(InvitationState.Accepted, crossed.Answer!.Invitation!.State);
        Assert.Equal("first", connected.Invitation!.Note);
        Assert.Equal(Side.Low, connected.Invitation.Inviter);
    }

    [Fact]
    public void Send_Connected_IsRefused() =>
        AssertRefused(ErrorReason.AlreadyConnected, Send(Connected(), "bob"));

    [Fact]
    public void Send_Blocked_IsRefusedWithoutSayingSo()
    {
        var blocked = Stored(Nothing.Block(new("ann", Start), TimeSpan.Zero));

        AssertRefused(ErrorReason.NotInvitable, Send(blocked, "bob"));
        AssertRefused(ErrorReason.NotInvitable, Send(blocked, "ann"));
    }

    [Fact]
    public void Withdraw_Pending_BarsTheInviterFor21DaysButNotTheOther()
    {
        var withdrawn = Stored(Stored(Send(Nothing, "ann")).Withdraw(new("ann", Start), 1, Policy));

        var refusal = AssertRefused(
            ErrorReason.CoolDown,
            Send(withdrawn, "ann", Start + Policy.WithdrawCoolDown - TimeSpan.FromMilliseconds(1))
        );
        Assert.Equal("2026-03-22T12:00:00.000Z", refusal.Metadata["until"]);
        Assert.Equal(
            2,
            Stored(Send(withdrawn, "ann", Start + Policy.WithdrawCoolDown)).Invitation!.Number
        );
        Assert.Equal(Side.High, Stored(Send(withdrawn, "bob")).Invitation!.Inviter);
    }

    [Fact]
    public void Withdraw_Pending_VanishesForTheInvitee()
    {
        var withdrawn = Stored(Stored(Send(Nothing, "ann")).Withdraw(new("ann", Start), 1, Policy));

        Assert.True(withdrawn.ShowsInvitationTo(Side.Low));
        Assert.False(withdrawn.ShowsInvitationTo(Side.High));
        Assert.Equal(RelationshipList.SentWithdrawn, withdrawn.ListOf(Side.Low));
        Assert.Null(withdrawn.ListOf(Side.High));
    }

    [Fact]
    public void Decline_WithReason_IsKeptAndBarsTheInviterFor90Days()
    {
        var declined = Stored(
            Stored(Send(Nothing, "ann"))
                .Decline(new("bob", Start), 1, DeclineReason.NotNow, "Later", Policy)
        );

        Assert.Equal(DeclineReason.NotNow, declined.Invitation!.DeclineReason);
        Assert.Equal("Later", declined.Invitation.DeclineText);
        Assert.True(declined.ShowsInvitationTo(Side.Low));
        var refusal = AssertRefused(
            ErrorReason.CoolDown,
            Send(declined, "ann", Start + TimeSpan.FromDays(89))
        );
        Assert.Equal("2026-05-30T12:00:00.000Z", refusal.Metadata["until"]);
        Assert.Equal(RelationshipState.Pending, Stored(Send(declined, "bob")).State);
    }

    [Fact]
    public void Send_BarredButOthersInvitationPending_Connects()
    {
        var declined = Stored(
            Stored(Send(Nothing, "ann"))
                .Decline(new("bob", Start), 1, DeclineReason.None, "", Policy)
        );
        var invitedBack = Stored(Send(declined, "bob"));

        var connected = Stored(Send(invitedBack, "ann"));

        Assert.Equal(RelationshipState.Connected, connected.State);
        Assert.Null(connected.BarredUntil(Side.Low));
    }

    [Fact]
    public void Accept_ByTheInviter_IsRefused() =>
        AssertRefused(
            ErrorReason.NotTheInvitee,
            Stored(Send(Nothing, "ann")).Accept(new("ann", Start), 1)
        );

    [Fact]
    public void Withdraw_ByTheInvitee_IsRefused() =>
        AssertRefused(
            ErrorReason.NotTheInviter,
            Stored(Send(Nothing, "ann")).Withdraw(new("bob", Start), 1, Policy)
        );

    [Fact]
    public void Accept_Withdrawn_IsRefusedWithItsState()
    {
        var withdrawn = Stored(Stored(Send(Nothing, "ann")).Withdraw(new("ann", Start), 1, Policy));

        var refusal = AssertRefused(
            ErrorReason.InvitationNotPending,
            withdrawn.Accept(new("bob", Start), 1)
        );
        Assert.Equal("withdrawn", refusal.Metadata["state"]);
    }

    [Fact]
    public void Accept_AnotherNumber_IsNotFound() =>
        AssertRefused(
            ErrorReason.InvitationNotFound,
            Stored(Send(Nothing, "ann")).Accept(new("bob", Start), 2)
        );

    [Fact]
    public void Expire_Overdue_EndsItAndBarsNobody()
    {
        var invited = Stored(Send(Nothing, "ann"));
        var due = Start + Policy.Expiry;

        Assert.Null(invited.Expire(due - TimeSpan.FromMilliseconds(1)));
        var expired = invited.Expire(due)!.Stamped(2);

        Assert.Equal(RelationshipState.Expired, expired.State);
        Assert.Equal(Side.None, expired.Ledger[^1].Actor);
        Assert.Equal(RelationshipList.SentExpired, expired.ListOf(Side.Low));
        Assert.Equal(RelationshipList.ReceivedExpired, expired.ListOf(Side.High));
        Assert.Null(expired.Expire(due));
        Assert.Equal(2, Stored(Send(expired, "ann", due)).Invitation!.Number);
        var late = AssertRefused(
            ErrorReason.InvitationNotPending,
            expired.Accept(new("bob", due), 1)
        );
        Assert.Equal("expired", late.Metadata["state"]);
    }

    [Fact]
    public void Remove_Connected_BarsNobody()
    {
        var removed = Stored(Connected().Remove(new("bob", Start)));

        Assert.Equal(RelationshipState.Removed, removed.State);
        Assert.Null(removed.ListOf(Side.Low));
        Assert.Null(removed.ListOf(Side.High));
        Assert.Equal(2, Stored(Send(removed, "bob")).Invitation!.Number);
        Assert.Equal(2, Stored(Send(removed, "ann")).Invitation!.Number);
    }

    [Fact]
    public void Remove_NotConnected_IsRefused() =>
        AssertRefused(ErrorReason.NotConnected, Nothing.Remove(new("ann", Start)));

    [Fact]
    public void Send_SameRequestIdAfterLaterChanges_AnswersAsTheFirstTime()
    {
        var request = new RequestKey("r1", "content");
        var first = Nothing.Send(new("ann", Start, request), "Hello", null, Policy);
        var invited = Stored(first, revision: 7);
        var removed = Stored(
            Stored(invited.Accept(new("bob", Start), 1), 8).Remove(new("bob", Start)),
            9
        );

        var again = removed.Send(
            new("ann", Start + TimeSpan.FromHours(23), request),
            "Hello",
            null,
            Policy
        );

        Assert.Null(again.Next);
        Assert.Equal(7, again.Answer!.Revision);
        Assert.Equal(first.Answer!.Invitation, again.Answer.Invitation);
    }

    [Fact]
    public void Send_SameRequestIdWithOtherContent_IsRefused()
    {
        var invited = Stored(
            Nothing.Send(new("ann", Start, new RequestKey("r1", "one")), "", null, Policy)
        );

        AssertRefused(
            ErrorReason.RequestIdReused,
            invited.Send(new("ann", Start, new RequestKey("r1", "two")), "", null, Policy)
        );
    }

    [Fact]
    public void Send_SameRequestIdOfTheOtherMember_IsAnotherRequest()
    {
        var invited = Stored(
            Nothing.Send(new("ann", Start, new RequestKey("r1", "one")), "", null, Policy)
        );

        var crossed = invited.Send(
            new("bob", Start, new RequestKey("r1", "two")),
            "",
            null,
            Policy
        );

        Assert.Equal(RelationshipState.Connected, Stored(crossed).State);
    }

    [Fact]
    public void Send_SameRequestIdAfterADay_IsForgotten()
    {
        var invited = Stored(
            Nothing.Send(new("ann", Start, new RequestKey("r1", "one")), "", null, Policy)
        );

        AssertRefused(
            ErrorReason.AlreadyInvited,
            invited.Send(
                new("ann", Start + Relationship.RequestIdLifetime, new RequestKey("r1", "one")),
                "",
                null,
                Policy
            )
        );
    }

    private static Decision Send(
        Relationship relationship,
        string actor,
        DateTimeOffset? now = null,
        string note = ""
    ) => relationship.Send(new RelationshipCommand(actor, now ?? Start), note, null, Policy);

    private static Relationship Connected() =>
        Stored(Stored(Send(Nothing, "ann")).Accept(new("bob", Start), 1));

    private static Relationship Stored(Decision decision, long revision = 1)
    {
        Assert.Null(decision.Refusal);
        return decision.Next!.Stamped(revision);
    }

    private static Platform.ServiceDefaults.Errors.DomainException AssertRefused(
        ErrorReason reason,
        Decision decision
    )
    {
        Assert.Null(decision.Next);
        Assert.NotNull(decision.Refusal);
        Assert.Equal(reason, decision.Refusal.Reason);
        return decision.Refusal;
    }
}
