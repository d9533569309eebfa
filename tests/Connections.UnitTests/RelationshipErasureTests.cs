using Platform.Common.V1;
using Platform.Connections.Relationships;

namespace Platform.Tests.Connections.UnitTests;

/// <summary>What an erasure leaves of a pair.</summary>
public sealed class RelationshipErasureTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly MemberPair Pair = MemberPair.Of("ann", "bob");

    [Theory]
    [InlineData(RelationshipState.Connected, TransitionKind.Removed)]
    [InlineData(RelationshipState.Pending, TransitionKind.Removed)]
    // the other does not miss these, and may not know of them
    [InlineData(RelationshipState.None, TransitionKind.Emptied)]
    [InlineData(RelationshipState.Declined, TransitionKind.Emptied)]
    [InlineData(RelationshipState.Withdrawn, TransitionKind.Emptied)]
    [InlineData(RelationshipState.Expired, TransitionKind.Emptied)]
    [InlineData(RelationshipState.Removed, TransitionKind.Emptied)]
    public void Erase_InAnyState_LeavesOneLine(RelationshipState state, TransitionKind kind)
    {
        var full = new Relationship
        {
            Pair = Pair,
            State = state,
            BlockedBy = state == RelationshipState.None ? Side.Low : Side.None,
            Invitation = new Invitation
            {
                Number = 3,
                Inviter = Side.High,
                State = InvitationState.Pending,
                Note = "words",
                SentTime = Now,
                ExpireTime = Now,
            },
            LowBarredUntil = Now,
            HighBarredUntil = Now,
            RecentMutations = [new RecentMutation(Side.Low, "r", "f", Now, null, 7)],
            Ledger = [new Transition(TransitionKind.Invited, Side.High, Now, 3, 6)],
            Revision = 7,
        };

        var erased = full.Erase(Now.AddDays(1));

        Assert.Equivalent(
            new Relationship
            {
                Pair = Pair,
                State = RelationshipState.Erased,
                StateTime = Now.AddDays(1),
                Ledger = [new Transition(kind, Side.None, Now.AddDays(1), 3, 0)],
                Revision = 7,
            },
            erased,
            strict: true
        );
        Assert.Null(erased!.Erase(Now.AddDays(2)));
        Assert.Null(erased.ListOf(Side.Low) ?? erased.ListOf(Side.High));
        Assert.False(erased.ShowsInvitationTo(Side.High));
    }

    [Fact]
    public void Send_OnAnErasedPair_IsNotInvitable()
    {
        var erased = Relationship.None(Pair).Erase(Now)!.Stamped(1);

        foreach (var actor in new[] { "ann", "bob" })
        {
            var decision = erased.Send(
                new RelationshipCommand(actor, Now),
                "",
                null,
                new InvitationPolicy(TimeSpan.FromDays(1), TimeSpan.Zero, TimeSpan.Zero)
            );
            Assert.Equal(ErrorReason.NotInvitable, decision.Refusal!.Reason);
        }
    }

    [Fact]
    public void Marker_OfAMember_IsAPairWithNobody()
    {
        var marker = Relationship.Marker("ann", Now);

        Assert.Equal(Side.High, marker.Pair.SideOf("ann"));
        Assert.Equal("", marker.Pair.Low);
        Assert.Null(marker.Erase(Now));
    }
}
