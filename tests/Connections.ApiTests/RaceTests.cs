using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Many callers at once on one pair: one winner, a clean reason for each loser, and both sides agree afterwards.</summary>
public class RaceTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private const int Rounds = 15;
    private const int Callers = 12;

    [Fact]
    public async Task CrossingSends_ManyAtOnce_ConnectOnce()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller =>
                {
                    var (inviter, invitee) = caller % 2 == 0 ? (ann, bob) : (bob, ann);
                    return fixture
                        .Invitations(inviter)
                        .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });
                }
            );

            // one invites, one of the other side connects, the rest are told what they found
            Assert.Equal(2, outcomes.Count(outcome => outcome is null));
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                    Assert.True(
                        refusal.Reason
                            is ErrorReason.AlreadyInvited
                                or ErrorReason.AlreadyConnected,
                        refusal.Status.ToString()
                    )
            );
            await AssertStatusAsync(ann, bob, ConnectionStatus.Connected);
        }
    }

    [Fact]
    public async Task Accept_ManyAtOnce_OneWins()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();
            var id = await InviteAsync(ann, bob);

            var outcomes = await Race.RefusalsAsync(
                Callers,
                _ =>
                    fixture
                        .Invitations(bob)
                        .AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id })
            );

            Assert.Single(outcomes, outcome => outcome is null);
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                {
                    Assert.Equal(ErrorReason.InvitationNotPending, refusal.Reason);
                    Assert.Equal("accepted", refusal.Info.Metadata["state"]);
                }
            );
            await AssertStatusAsync(ann, bob, ConnectionStatus.Connected);
        }
    }

    [Fact]
    public async Task AcceptAgainstWithdraw_ManyAtOnce_OneWins()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();
            var id = await InviteAsync(ann, bob);

            var outcomes = await Race.RefusalsAsync(
                Callers,
                async caller =>
                {
                    if (caller % 2 == 0)
                    {
                        await fixture
                            .Invitations(bob)
                            .AcceptInvitationAsync(
                                new AcceptInvitationRequest { InvitationId = id }
                            );
                    }
                    else
                    {
                        await fixture
                            .Invitations(ann)
                            .WithdrawInvitationAsync(
                                new WithdrawInvitationRequest { InvitationId = id }
                            );
                    }
                }
            );

            var winner = Array.IndexOf(outcomes, null);
            Assert.Single(outcomes, outcome => outcome is null);
            var accepted = winner % 2 == 0;
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                {
                    Assert.Equal(ErrorReason.InvitationNotPending, refusal.Reason);
                    Assert.Equal(
                        accepted ? "accepted" : "withdrawn",
                        refusal.Info.Metadata["state"]
                    );
                }
            );
            await AssertStatusAsync(
                ann,
                bob,
                accepted ? ConnectionStatus.Connected : ConnectionStatus.None
            );
        }
    }

    [Fact]
    public async Task Send_SameRequestIdManyAtOnce_AllGetTheOneAnswer()
    {
        var (ann, bob) = NewPair();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async _ =>
                    await fixture
                        .Invitations(ann)
                        .SendInvitationAsync(
                            new SendInvitationRequest { InviteeId = bob, RequestId = "same" }
                        )
                )
        );

        Assert.Single(answers.Select(answer => answer.Revision).Distinct());
        Assert.Single(answers.Select(answer => answer.Invitation.InvitationId).Distinct());
    }

    private static (string Ann, string Bob) NewPair() =>
        (ConnectionsFixture.NewMember("ann"), ConnectionsFixture.NewMember("bob"));

    private async Task<string> InviteAsync(string inviter, string invitee) =>
        (
            await fixture
                .Invitations(inviter)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee })
        )
            .Invitation
            .InvitationId;

    private async Task AssertStatusAsync(string one, string other, ConnectionStatus status)
    {
        foreach (var (viewer, seen) in new[] { (one, other), (other, one) })
        {
            var client = fixture.Connections(viewer);
            Assert.Equal(
                status,
                (
                    await client.CheckConnectionAsync(new CheckConnectionRequest { OtherId = seen })
                ).Status
            );
            Assert.Equal(
                status == ConnectionStatus.Connected ? 1 : 0,
                (await client.CountConnectionsAsync(new CountConnectionsRequest())).Count
            );
        }
    }
}
