using Google.Rpc;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>A block wins every race: whatever the others do at the same time, it stands afterwards and nothing else does.</summary>
public class BlockRaceTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private const int Rounds = 10;
    private const int Callers = 12;

    [Fact]
    public async Task BlockDuringAccept_ManyAtOnce_TheBlockStands()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();
            var invited = await fixture
                .Invitations(ann)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = bob });
            var accept = new AcceptInvitationRequest
            {
                InvitationId = invited.Invitation.InvitationId,
            };

            var outcomes = await Race.RefusalsAsync(
                Callers,
                async caller =>
                {
                    if (caller == round % Callers)
                    {
                        await BlockAsync(ann, bob);
                    }
                    else
                    {
                        await fixture.Invitations(bob).AcceptInvitationAsync(accept);
                    }
                }
            );

            Assert.Null(outcomes[round % Callers]);
            Assert.InRange(outcomes.Count(outcome => outcome is null), 1, 2);
            // bob finds his own acceptance, or no invitation; never a word of the block
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                    Assert.True(
                        refusal.Reason
                            is ErrorReason.InvitationNotFound
                                or ErrorReason.InvitationNotPending,
                        refusal.Status.ToString()
                    )
            );
            await AssertOnlyBlockedAsync(blocker: ann, bob);
        }
    }

    [Fact]
    public async Task BlockDuringInvitations_ManyAtOnce_TheBlockStands()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();

            var outcomes = await Race.RefusalsAsync(
                Callers,
                async caller =>
                {
                    if (caller == round % Callers)
                    {
                        await BlockAsync(ann, bob);
                        return;
                    }
                    var (inviter, invitee) = caller % 2 == 0 ? (ann, bob) : (bob, ann);
                    await fixture
                        .Invitations(inviter)
                        .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });
                }
            );

            Assert.Null(outcomes[round % Callers]);
            // at most an invitation and its crossing went before
            Assert.InRange(outcomes.Count(outcome => outcome is null), 1, 3);
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                    Assert.True(
                        refusal.Reason
                            is ErrorReason.NotInvitable
                                or ErrorReason.AlreadyInvited
                                or ErrorReason.AlreadyConnected,
                        refusal.Status.ToString()
                    )
            );
            await AssertOnlyBlockedAsync(blocker: ann, bob);
        }
    }

    [Fact]
    public async Task BothBlock_ManyAtOnce_BothStandAndEachIsLiftedAlone()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();
            await fixture.ConnectAsync(ann, bob);

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller => caller % 2 == 0 ? BlockAsync(ann, bob) : BlockAsync(bob, ann)
            );

            Assert.All(outcomes, Assert.Null);
            await AssertOnlyBlockedAsync(blocker: ann, bob, both: true);
            await AssertOnlyBlockedAsync(blocker: bob, ann, both: true);

            await UnblockAsync(bob, ann);
            await AssertOnlyBlockedAsync(blocker: ann, bob);
        }
    }

    [Fact]
    public async Task BlockAndUnblock_ManyAtOnce_AreLiftedOnceAndNotBlockedAgain()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (ann, bob) = NewPair();
            await BlockAsync(ann, bob);

            var outcomes = await Race.RefusalsAsync(
                Callers,
                caller => caller % 2 == 0 ? UnblockAsync(ann, bob) : BlockAsync(ann, bob)
            );

            // one lifts it; blocking is no change before, and refused after
            Assert.Single(
                outcomes.Where((_, caller) => caller % 2 == 0),
                outcome => outcome is null
            );
            Assert.All(
                outcomes.Index().Where(outcome => outcome.Item is not null),
                outcome =>
                    Assert.Equal(
                        outcome.Index % 2 == 0 ? ErrorReason.NotBlocked : ErrorReason.BlockTooSoon,
                        outcome.Item!.Reason
                    )
            );
            Assert.Empty((await Blocks(ann).ListBlocksAsync(new())).Blocks);
            // nothing is left that would bar an invitation
            await fixture.ConnectAsync(bob, ann);
        }
    }

    [Fact]
    public async Task BlockMember_ManyAtOnceAgainstALimit_StoresExactlyThatMany()
    {
        for (var round = 0; round < 3; round++)
        {
            // a tier of the fixture that may block three
            var ann = ConnectionsFixture.NewMember("ann");
            var client = new BlocksService.BlocksServiceClient(
                fixture.Service.As(ann, "few-blocks")
            );
            var others = Enumerable
                .Range(0, Callers)
                .Select(_ => ConnectionsFixture.NewMember("bob"))
                .ToList();

            var outcomes = await Race.RefusalsAsync(
                Callers,
                async caller =>
                    await client.BlockMemberAsync(
                        new BlockMemberRequest { OtherId = others[caller] }
                    )
            );

            Assert.Equal(3, outcomes.Count(outcome => outcome is null));
            Assert.All(
                outcomes.OfType<Refusal>(),
                refusal =>
                {
                    Assert.Equal(ErrorReason.BlockLimit, refusal.Reason);
                    Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
                    Assert.Equal(
                        $"member:{ann}",
                        Assert.Single(refusal.Status.GetDetail<QuotaFailure>()!.Violations).Subject
                    );
                }
            );
            var blocked = (await Blocks(ann).ListBlocksAsync(new())).Blocks;
            Assert.Equal(
                others.Where((_, caller) => outcomes[caller] is null).Order(),
                blocked.Select(block => block.BlockedId).Order()
            );
            // lifting one makes room for one
            var lifted = await client.UnblockMemberAsync(
                new UnblockMemberRequest { OtherId = blocked[0].BlockedId }
            );
            var quota = Assert.Single(lifted.Quotas);
            Assert.Equal(
                (QuotaKind.Blocks, 3, 2, 1, "few-blocks"),
                (quota.Kind, quota.Limit, quota.Used, quota.Remaining, quota.Tier)
            );
            var last = await client.BlockMemberAsync(
                new BlockMemberRequest { OtherId = ConnectionsFixture.NewMember("bob") }
            );
            Assert.Equal(0, Assert.Single(last.Quotas).Remaining);
        }
    }

    private static (string Ann, string Bob) NewPair() =>
        (ConnectionsFixture.NewMember("ann"), ConnectionsFixture.NewMember("bob"));

    private BlocksService.BlocksServiceClient Blocks(string member) =>
        new(fixture.Service.As(member));

    private async Task BlockAsync(string blocker, string blocked) =>
        await Blocks(blocker).BlockMemberAsync(new BlockMemberRequest { OtherId = blocked });

    private async Task UnblockAsync(string blocker, string blocked) =>
        await Blocks(blocker).UnblockMemberAsync(new UnblockMemberRequest { OtherId = blocked });

    private async Task AssertOnlyBlockedAsync(string blocker, string blocked, bool both = false)
    {
        foreach (var (viewer, other) in new[] { (blocker, blocked), (blocked, blocker) })
        {
            var client = fixture.Connections(viewer);
            Assert.Equal(
                ConnectionStatus.None,
                (
                    await client.CheckConnectionAsync(
                        new CheckConnectionRequest { OtherId = other }
                    )
                ).Status
            );
            Assert.Equal(0, (await client.CountConnectionsAsync(new())).Count);
            Assert.Empty((await client.ListConnectionsAsync(new())).Connections);
            var invitations = await fixture.Invitations(viewer).CountInvitationsAsync(new());
            Assert.All(
                invitations.Sent.Concat(invitations.Received),
                count => Assert.Equal(InvitationState.Superseded, count.State)
            );
        }
        Assert.Equal(
            [blocked],
            (await Blocks(blocker).ListBlocksAsync(new())).Blocks.Select(block => block.BlockedId)
        );
        var seen = await new BlocksService.BlocksServiceClient(
            fixture.Service.AsService()
        ).CheckBlockAsync(new CheckBlockRequest { MemberId = blocker, OtherId = blocked });
        Assert.True(seen.Check.Blocks);
        Assert.Equal(both, seen.Check.BlockedBy);
    }
}
