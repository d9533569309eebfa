using System.Globalization;
using Platform.Common.V1;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

/// <summary>The reminder, the undone decline, and what stands against an invitation.</summary>
public sealed class InvitationLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly InvitationPolicy Policy = new(
        TimeSpan.FromDays(180),
        TimeSpan.FromDays(21),
        TimeSpan.FromDays(90)
    );
    private static readonly Relationship Nothing = Relationship.None(MemberPair.Of("ann", "bob"));

    [Fact]
    public void Remind_AfterAWeek_KeepsThePlaceInTheLists()
    {
        var invited = Invited();

        var reminded = Stored(invited.Remind(At("ann", days: 7), 1, Policy));

        Assert.Equal(Start.AddDays(7), reminded.Invitation!.ReminderTime);
        Assert.Equal(RelationshipState.Pending, reminded.State);
        Assert.Equal(invited.StateTime, reminded.StateTime);
        Assert.Equal(invited.Invitation!.ExpireTime, reminded.Invitation.ExpireTime);
        Assert.Equal(TransitionKind.Reminded, reminded.Ledger[^1].Kind);
        Assert.Equal(Side.Low, reminded.Ledger[^1].Actor);
    }

    [Fact]
    public void Remind_BeforeAWeek_SaysFromWhen()
    {
        var refusal = Invited()
            .Remind(new RelationshipCommand("ann", Start.AddDays(7).AddMilliseconds(-1)), 1, Policy)
            .Refusal!;

        Assert.Equal(ErrorReason.ReminderTooEarly, refusal.Reason);
        Assert.Equal(
            Start.AddDays(7),
            DateTimeOffset.Parse(refusal.Metadata["from"], CultureInfo.InvariantCulture)
        );
    }

    [Fact]
    public void Remind_ASecondTime_IsRefused()
    {
        var reminded = Stored(Invited().Remind(At("ann", days: 7), 1, Policy));

        AssertRefused(
            ErrorReason.ReminderAlreadySent,
            reminded.Remind(At("ann", days: 30), 1, Policy)
        );
    }

    [Fact]
    public void Remind_ByTheInvitee_IsRefused() =>
        AssertRefused(ErrorReason.NotTheInviter, Invited().Remind(At("bob", days: 7), 1, Policy));

    [Fact]
    public void Remind_NotPending_IsRefused()
    {
        var declined = Stored(Decline(Invited(), days: 1));

        AssertRefused(
            ErrorReason.InvitationNotPending,
            declined.Remind(At("ann", days: 8), 1, Policy)
        );
        AssertRefused(
            ErrorReason.InvitationNotFound,
            declined.Remind(At("ann", days: 8), 2, Policy)
        );
    }

    [Fact]
    public void UndoDecline_WithinADay_IsPendingAsBefore()
    {
        var invited = Invited();
        var declined = Stored(Decline(invited, days: 3));
        Assert.NotNull(declined.BarredUntil(Side.Low));

        var undone = Stored(declined.UndoDecline(At("bob", days: 3, hours: 23), 1, Policy));

        Assert.Equal(invited.Invitation, undone.Invitation);
        Assert.Equal(invited.StateTime, undone.StateTime);
        Assert.Equal(RelationshipState.Pending, undone.State);
        Assert.Null(undone.BarredUntil(Side.Low));
        Assert.Equal(RelationshipList.ReceivedPending, undone.ListOf(Side.High));
        Assert.Equal(TransitionKind.DeclineUndone, undone.Ledger[^1].Kind);
        Assert.Equal(RelationshipState.Connected, undone.Accept(At("bob", days: 4), 1).Next!.State);
    }

    [Fact]
    public void UndoDecline_AfterADay_IsRefused() =>
        AssertRefused(
            ErrorReason.UndoExpired,
            Stored(Decline(Invited(), days: 3)).UndoDecline(At("bob", days: 4), 1, Policy)
        );

    [Fact]
    public void UndoDecline_ByTheInviter_IsRefused() =>
        AssertRefused(
            ErrorReason.NotTheInvitee,
            Stored(Decline(Invited(), days: 3)).UndoDecline(At("ann", days: 3), 1, Policy)
        );

    [Fact]
    public void UndoDecline_NotDeclined_SaysWhatItIs()
    {
        var refusal = Invited().UndoDecline(At("bob", days: 1), 1, Policy).Refusal!;

        Assert.Equal(ErrorReason.InvitationNotPending, refusal.Reason);
        Assert.Equal("pending", refusal.Metadata["state"]);
    }

    [Fact]
    public void UndoDecline_AfterInvitingInstead_FindsNoSuchInvitation()
    {
        var declined = Stored(Decline(Invited(), days: 3));
        var returned = Stored(declined.Send(At("bob", days: 3), "", null, Policy));

        AssertRefused(
            ErrorReason.InvitationNotFound,
            returned.UndoDecline(At("bob", days: 3), 1, Policy)
        );
    }

    [Fact]
    public void Send_OfATier_IsKeptWithTheInvitation()
    {
        var command = new RelationshipCommand("ann", Start, Tier: "premium");

        Assert.Equal("premium", Stored(Nothing.Send(command, "", null, Policy)).Invitation!.Tier);
    }

    [Fact]
    public void Send_ToOneWhoCannotBeInvited_IsRefusedAlike()
    {
        foreach (
            var decision in new[]
            {
                Nothing.Send(At("ann"), "", null, Policy, Invitability.Closed),
                Nothing.Send(At("ann"), "", null, Policy, Invitability.Gone),
                (Nothing with { BlockedBy = Side.High }).Send(At("ann"), "", null, Policy),
                (Nothing with { BlockedBy = Side.Low }).Send(At("ann"), "", null, Policy),
            }
        )
        {
            AssertRefused(ErrorReason.NotInvitable, decision);
        }
    }

    [Fact]
    public void Send_CrossingOneWhoIsClosed_Connects()
    {
        Assert.Equal(
            RelationshipState.Connected,
            Invited().Send(At("bob"), "", null, Policy, Invitability.Closed).Next!.State
        );
        AssertRefused(
            ErrorReason.NotInvitable,
            Invited().Send(At("bob"), "", null, Policy, Invitability.Gone)
        );
    }

    [Fact]
    public void Send_Repeated_GetsTheFirstAnswerWhateverTheOtherDecidedSince()
    {
        var command = At("ann") with { Request = new RequestKey("r", "content") };
        var invited = Stored(Nothing.Send(command, "", null, Policy));

        foreach (var invitability in Enum.GetValues<Invitability>())
        {
            var again = invited.Send(command, "", null, Policy, invitability);
            Assert.Null(again.Refusal);
            Assert.Equal(invited.Invitation, again.Answer!.Invitation);
        }
    }

    [Fact]
    public void ObstaclesToSend_InACoolDown_ShowsItBesideABlockAndASettingAlike()
    {
        var barred = Stored(Invited().Withdraw(At("ann", days: 1), 1, Policy));
        var now = Start.AddDays(2);

        Assert.Equal(
            [ErrorReason.CoolDown],
            barred.ObstaclesToSend(Side.Low, now).Select(obstacle => obstacle.Reason)
        );
        ErrorReason[] both = [ErrorReason.NotInvitable, ErrorReason.CoolDown];
        Assert.Equal(
            both,
            barred
                .ObstaclesToSend(Side.Low, now, Invitability.Closed)
                .Select(obstacle => obstacle.Reason)
        );
        Assert.Equal(
            both,
            (barred with { State = RelationshipState.None, BlockedBy = Side.High })
                .ObstaclesToSend(Side.Low, now)
                .Select(obstacle => obstacle.Reason)
        );
        Assert.Empty(barred.ObstaclesToSend(Side.High, now));
        Assert.Empty(barred.ObstaclesToSend(Side.Low, Start.AddDays(22)));
    }

    private static Relationship Invited() => Stored(Nothing.Send(At("ann"), "Hello", null, Policy));

    private static Decision Decline(Relationship relationship, int days) =>
        relationship.Decline(At("bob", days), 1, DeclineReason.NotNow, "later", Policy);

    private static RelationshipCommand At(string actor, int days = 0, int hours = 0) =>
        new(actor, Start.AddDays(days).AddHours(hours));

    private static Relationship Stored(Decision decision)
    {
        Assert.Null(decision.Refusal);
        return decision.Next!.Stamped(decision.Next.Revision + 1);
    }

    private static void AssertRefused(ErrorReason reason, Decision decision)
    {
        Assert.Null(decision.Next);
        Assert.Equal(reason, decision.Refusal?.Reason);
    }
}
