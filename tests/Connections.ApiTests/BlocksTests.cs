using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Platform.Common.V1;
using Platform.Connections;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

public class BlocksTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _mia = ConnectionsFixture.NewMember("mia");
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _zoe = ConnectionsFixture.NewMember("zoe");

    [Fact]
    public async Task BlockMember_Connected_EndsItForBothAndShowsOnlyInTheBlockersList()
    {
        await fixture.ConnectAsync(_mia, _ann);

        var answer = await BlockAsync(_mia, _ann);

        Assert.Equal(_ann, answer.Block.BlockedId);
        foreach (var (viewer, other) in new[] { (_mia, _ann), (_ann, _mia) })
        {
            Assert.Equal(ConnectionStatus.None, await StandingAsync(viewer, other));
            Assert.Equal(0, await CountAsync(viewer));
            Assert.Empty(
                (await fixture.Connections(viewer).ListConnectionsAsync(new())).Connections
            );
            Assert.Equal(
                ErrorReason.NotInvitable,
                (
                    await Refusal.OfAsync(
                        fixture
                            .Invitations(viewer)
                            .SendInvitationAsync(new SendInvitationRequest { InviteeId = other })
                    )
                ).Reason
            );
        }
        Assert.Equal([answer.Block], (await Blocks(_mia).ListBlocksAsync(new())).Blocks);
        Assert.Empty((await Blocks(_ann).ListBlocksAsync(new())).Blocks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BlockMember_InvitationPending_IsSupersededForTheBlockerAndGoneForTheOther(
        bool inviterBlocks
    )
    {
        var id = await InviteAsync(_mia, _ann);
        var (blocker, blocked) = inviterBlocks ? (_mia, _ann) : (_ann, _mia);

        await BlockAsync(blocker, blocked);

        var seen = await fixture
            .Invitations(blocker)
            .GetInvitationAsync(new GetInvitationRequest { InvitationId = id });
        Assert.Equal(InvitationState.Superseded, seen.Invitation.State);
        Assert.Equal(
            ErrorReason.InvitationNotFound,
            (
                await Refusal.OfAsync(
                    fixture
                        .Invitations(blocked)
                        .GetInvitationAsync(new GetInvitationRequest { InvitationId = id })
                )
            ).Reason
        );
        Assert.Equal(inviterBlocks ? 1 : 0, await CountInvitationsAsync(blocker, sent: true));
        Assert.Equal(inviterBlocks ? 0 : 1, await CountInvitationsAsync(blocker, sent: false));
        Assert.Equal(0, await CountInvitationsAsync(blocked, sent: true));
        Assert.Equal(0, await CountInvitationsAsync(blocked, sent: false));
        Assert.Equal(inviterBlocks ? [id] : [], await SentAsync(blocker));
        Assert.Equal(inviterBlocks ? [] : [id], await ReceivedAsync(blocker));
        Assert.Empty(await SentAsync(blocked));
        Assert.Empty(await ReceivedAsync(blocked));

        await Blocks(blocker).UnblockMemberAsync(new UnblockMemberRequest { OtherId = blocked });
        Assert.Equal(0, await CountInvitationsAsync(blocker, sent: inviterBlocks));
        Assert.Empty(await SentAsync(blocker));
        Assert.Empty(await ReceivedAsync(blocker));
    }

    [Fact]
    public async Task BlockMember_TheOtherSide_CannotTellItFromAbsence()
    {
        // zoe is unknown: nobody ever dealt with her. What ann is told of mia must be what she is told of zoe, but for
        // inviting, where the answer is that of a member who may not be invited.
        await fixture.ConnectAsync(_mia, _ann);
        var id = await InviteAsync(ConnectionsFixture.NewMember("x"), _mia);
        await BlockAsync(_mia, _ann);

        Assert.Equal(await StandingAsync(_ann, _zoe), await StandingAsync(_ann, _mia));
        foreach (var owner in new[] { _zoe, _mia })
        {
            var client = fixture.Connections(_ann);
            Assert.Empty(
                (
                    await client.ListConnectionsAsync(
                        new ListConnectionsRequest { OwnerId = owner }
                    )
                ).Connections
            );
            Assert.Equal(
                0,
                (
                    await client.CountConnectionsAsync(
                        new CountConnectionsRequest { OwnerId = owner }
                    )
                ).Count
            );
            Assert.Equal(
                (ErrorReason.NotConnected, "The two are not connected."),
                await RefusedAsync(
                    client.RemoveConnectionAsync(new RemoveConnectionRequest { OtherId = owner })
                )
            );
            Assert.Equal(
                (ErrorReason.NotBlocked, "This member is not blocked."),
                await RefusedAsync(
                    Blocks(_ann).UnblockMemberAsync(new UnblockMemberRequest { OtherId = owner })
                )
            );
            Assert.Equal(
                new BlockCheck { OtherId = owner },
                (
                    await Blocks(_ann).CheckBlockAsync(new CheckBlockRequest { OtherId = owner })
                ).Check
            );
        }
        Assert.Equal(
            ErrorReason.InvitationNotFound,
            (
                await Refusal.OfAsync(
                    fixture
                        .Invitations(_ann)
                        .AcceptInvitationAsync(new AcceptInvitationRequest { InvitationId = id })
                )
            ).Reason
        );
        // and ann may block mia as anybody, and lift it, with mia's block unseen all along
        await BlockAsync(_ann, _mia);
        await Blocks(_ann).UnblockMemberAsync(new UnblockMemberRequest { OtherId = _mia });
        Assert.Single((await Blocks(_mia).ListBlocksAsync(new())).Blocks);
    }

    [Fact]
    public async Task BlockMember_Again_AnswersTheSameBlock()
    {
        var first = await BlockAsync(_mia, _ann);
        var again = await BlockAsync(_mia, _ann);

        Assert.Equal(first, again);
        var quota = Assert.Single(first.Quotas);
        Assert.Equal(
            (QuotaKind.Blocks, 1200, 1, 1199),
            (quota.Kind, quota.Limit, quota.Used, quota.Remaining)
        );
        Assert.Single((await Blocks(_mia).ListBlocksAsync(new())).Blocks);
    }

    [Fact]
    public async Task BlockMember_SameRequestIdAfterUnblock_AnswersAsTheFirstTime()
    {
        var request = new BlockMemberRequest { OtherId = _ann, RequestId = "block-1" };
        var first = await Blocks(_mia).BlockMemberAsync(request);
        var unblock = new UnblockMemberRequest { OtherId = _ann, RequestId = "unblock-1" };
        var lifted = await Blocks(_mia).UnblockMemberAsync(unblock);

        var again = await Blocks(_mia).BlockMemberAsync(request);
        Assert.Equal((first.Block, first.Revision), (again.Block, again.Revision));
        Assert.Equal(lifted, await Blocks(_mia).UnblockMemberAsync(unblock));
        Assert.Empty((await Blocks(_mia).ListBlocksAsync(new())).Blocks);
        unblock.RequestId = "block-1";
        Assert.Equal(
            ErrorReason.RequestIdReused,
            (await Refusal.OfAsync(Blocks(_mia).UnblockMemberAsync(unblock))).Reason
        );
    }

    [Fact]
    public async Task BlockMember_AfterUnblock_IsRefusedFor48Hours()
    {
        await BlockAsync(_mia, _ann);
        var lifted = await Blocks(_mia)
            .UnblockMemberAsync(new UnblockMemberRequest { OtherId = _ann });

        var refusal = await Refusal.OfAsync(
            Blocks(_mia).BlockMemberAsync(new BlockMemberRequest { OtherId = _ann })
        );

        Assert.Equal(ErrorReason.BlockTooSoon, refusal.Reason);
        Assert.Equal(StatusCode.FailedPrecondition, refusal.Code);
        Assert.Equal(
            lifted.BlockFromTime.ToDateTimeOffset(),
            DateTimeOffset.Parse(
                refusal.Info.Metadata["until"],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
        // the other may at once
        await BlockAsync(_ann, _mia);
    }

    [Fact]
    public async Task BlockMember_48HoursAfterUnblock_IsPossibleAgain()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var folder = new TemporaryFolder();
        using var identity = new TestIdentity(time);
        await using var service = await RunningService.StartAsync(
            ConnectionsApp.Build,
            identity,
            [new("Storage:Path", folder.File("connections.db"))],
            time
        );
        var request = new BlockMemberRequest { OtherId = "ann" };
        await Mia().BlockMemberAsync(request);
        var lifted = await Mia().UnblockMemberAsync(new UnblockMemberRequest { OtherId = "ann" });
        Assert.Equal(time.GetUtcNow().AddHours(48), lifted.BlockFromTime.ToDateTimeOffset());

        time.Advance(TimeSpan.FromHours(48) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            ErrorReason.BlockTooSoon,
            (await Refusal.OfAsync(Mia().BlockMemberAsync(request))).Reason
        );
        time.Advance(TimeSpan.FromMilliseconds(1));
        var blocked = await Mia().BlockMemberAsync(request);
        Assert.Equal(time.GetUtcNow(), blocked.Block.BlockTime.ToDateTimeOffset());

        // with a token of the day
        BlocksService.BlocksServiceClient Mia() => new(service.As("mia"));
    }

    [Fact]
    public async Task UnblockMember_RestoresNothing()
    {
        await fixture.ConnectAsync(_mia, _ann);
        await BlockAsync(_mia, _ann);

        await Blocks(_mia).UnblockMemberAsync(new UnblockMemberRequest { OtherId = _ann });

        Assert.Equal(ConnectionStatus.None, await StandingAsync(_mia, _ann));
        Assert.Equal(0, await CountInvitationsAsync(_mia, sent: true));
        Assert.Equal(0, await CountAsync(_ann));
        // but both may invite again
        await fixture.ConnectAsync(_ann, _mia);
        Assert.Equal(ConnectionStatus.Connected, await StandingAsync(_mia, _ann));
    }

    [Fact]
    public async Task ListBlocks_Paged_GivesAllNewestFirst()
    {
        var others = new List<string>();
        for (var index = 0; index < 7; index++)
        {
            // on both sides of the member in the order of ids
            others.Add(ConnectionsFixture.NewMember(index % 2 == 0 ? "a" : "z"));
            await BlockAsync(_mia, others[^1]);
        }
        var request = new ListBlocksRequest { PageSize = 3 };
        var seen = new List<Block>();
        do
        {
            var page = await Blocks(_mia).ListBlocksAsync(request);
            Assert.True(page.Blocks.Count <= 3);
            seen.AddRange(page.Blocks);
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);

        Assert.Equal(
            others.Order(StringComparer.Ordinal),
            seen.Select(block => block.BlockedId).Order(StringComparer.Ordinal)
        );
        Assert.Equal(seen.OrderByDescending(block => block.BlockTime), seen);
        Assert.Equal(
            ErrorReason.InvalidPageToken,
            (
                await Refusal.OfAsync(
                    Blocks(_ann)
                        .ListBlocksAsync(
                            new ListBlocksRequest
                            {
                                PageToken = (
                                    await Blocks(_mia)
                                        .ListBlocksAsync(new ListBlocksRequest { PageSize = 1 })
                                ).NextPageToken,
                            }
                        )
                )
            ).Reason
        );
    }

    [Fact]
    public async Task BatchCheckBlocks_ByRole_ShowsTheOtherSideOnlyToServicesAndOperators()
    {
        await BlockAsync(_mia, _ann);
        await BlockAsync(_zoe, _mia);
        var both = ConnectionsFixture.NewMember("both");
        await BlockAsync(_mia, both);
        await BlockAsync(both, _mia);
        var request = new BatchCheckBlocksRequest
        {
            MemberId = _mia,
            OtherIds = { _ann, _zoe, both, "nobody", _mia, _ann },
        };

        Assert.Equal(
            [(true, false), (false, false), (true, false), default, default, (true, false)],
            await CheckAsync(fixture.Service.As(_mia))
        );
        Assert.All(
            new[]
            {
                await CheckAsync(fixture.Service.AsService()),
                await CheckAsync(fixture.Service.AsOperator()),
            },
            checks =>
                Assert.Equal(
                    [(true, false), (false, true), (true, true), default, default, (true, false)],
                    checks
                )
        );
        Assert.Equal(
            new BlockCheck { OtherId = _zoe, BlockedBy = true },
            (
                await new BlocksService.BlocksServiceClient(
                    fixture.Service.AsOperator()
                ).CheckBlockAsync(new CheckBlockRequest { MemberId = _mia, OtherId = _zoe })
            ).Check
        );

        async Task<List<(bool Blocks, bool BlockedBy)>> CheckAsync(CallInvoker invoker)
        {
            var answer = await new BlocksService.BlocksServiceClient(invoker).BatchCheckBlocksAsync(
                request
            );
            Assert.Equal(request.OtherIds, answer.Checks.Select(check => check.OtherId));
            return [.. answer.Checks.Select(check => (check.Blocks, check.BlockedBy))];
        }
    }

    [Fact]
    public async Task BatchCheckBlocks_Thousand_AreAnsweredAndOneMoreIsRefused()
    {
        var others = Enumerable.Range(0, 1000).Select(index => $"{_zoe}-{index}").ToList();
        await BlockAsync(_mia, others[^1]);

        var answer = await Blocks(_mia)
            .BatchCheckBlocksAsync(new BatchCheckBlocksRequest { OtherIds = { others } });
        var refusal = await Refusal.OfAsync(
            Blocks(_mia)
                .BatchCheckBlocksAsync(
                    new BatchCheckBlocksRequest { OtherIds = { others.Append("one-more") } }
                )
        );

        Assert.Equal([999], Enumerable.Range(0, 1000).Where(i => answer.Checks[i].Blocks));
        Assert.Equal(ErrorReason.BatchTooLarge, refusal.Reason);
    }

    [Fact]
    public async Task AnyMethod_BadInput_IsRefusedWithItsReason()
    {
        Assert.Equal(
            ErrorReason.SelfBlock,
            (
                await Refusal.OfAsync(
                    Blocks(_mia).BlockMemberAsync(new BlockMemberRequest { OtherId = _mia })
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.NotBlocked,
            (
                await Refusal.OfAsync(
                    Blocks(_mia).UnblockMemberAsync(new UnblockMemberRequest { OtherId = _mia })
                )
            ).Reason
        );
        foreach (
            var refusal in new[]
            {
                await Refusal.OfAsync(Blocks(_mia).BlockMemberAsync(new BlockMemberRequest())),
                await Refusal.OfAsync(Blocks(_mia).UnblockMemberAsync(new UnblockMemberRequest())),
                await Refusal.OfAsync(
                    Blocks(_mia).CheckBlockAsync(new CheckBlockRequest { OtherId = "a b" })
                ),
            }
        )
        {
            Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
            Assert.Equal(["other_id"], refusal.Fields);
        }
        Assert.Equal(
            ["page_size"],
            (
                await Refusal.OfAsync(
                    Blocks(_mia).ListBlocksAsync(new ListBlocksRequest { PageSize = 1001 })
                )
            ).Fields
        );
        Assert.Equal(
            ErrorReason.ActingForAnother,
            (
                await Refusal.OfAsync(
                    Blocks(_mia)
                        .BlockMemberAsync(
                            new BlockMemberRequest { MemberId = _ann, OtherId = _zoe }
                        )
                )
            ).Reason
        );
        var operators = new BlocksService.BlocksServiceClient(fixture.Service.AsOperator());
        Assert.Equal(
            ErrorReason.RoleRequired,
            (
                await Refusal.OfAsync(
                    operators.BlockMemberAsync(
                        new BlockMemberRequest { MemberId = _ann, OtherId = _zoe }
                    )
                )
            ).Reason
        );
        Assert.Equal(
            ErrorReason.MemberIdRequired,
            (
                await Refusal.OfAsync(
                    operators.CheckBlockAsync(new CheckBlockRequest { OtherId = _zoe })
                )
            ).Reason
        );
    }

    private BlocksService.BlocksServiceClient Blocks(string member) =>
        new(fixture.Service.As(member));

    private async Task<BlockMemberResponse> BlockAsync(string blocker, string blocked) =>
        await Blocks(blocker).BlockMemberAsync(new BlockMemberRequest { OtherId = blocked });

    private async Task<string> InviteAsync(string inviter, string invitee) =>
        (
            await fixture
                .Invitations(inviter)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee })
        )
            .Invitation
            .InvitationId;

    private async Task<ConnectionStatus> StandingAsync(string viewer, string other) =>
        (
            await fixture
                .Connections(viewer)
                .CheckConnectionAsync(new CheckConnectionRequest { OtherId = other })
        ).Status;

    private async Task<long> CountAsync(string member) =>
        (await fixture.Connections(member).CountConnectionsAsync(new())).Count;

    private async Task<long> CountInvitationsAsync(string member, bool sent)
    {
        var counts = await fixture.Invitations(member).CountInvitationsAsync(new());
        return (sent ? counts.Sent : counts.Received).Sum(count => count.Count);
    }

    private async Task<IEnumerable<string>> SentAsync(string member) =>
        (
            await fixture
                .Invitations(member)
                .ListSentInvitationsAsync(
                    new ListSentInvitationsRequest { State = InvitationState.Superseded }
                )
        ).Invitations.Select(invitation => invitation.InvitationId);

    private async Task<IEnumerable<string>> ReceivedAsync(string member) =>
        (
            await fixture
                .Invitations(member)
                .ListReceivedInvitationsAsync(
                    new ListReceivedInvitationsRequest { State = InvitationState.Superseded }
                )
        ).Invitations.Select(invitation => invitation.InvitationId);

    private static async Task<(ErrorReason Reason, string Message)> RefusedAsync<T>(
        AsyncUnaryCall<T> call
    )
    {
        var refusal = await Refusal.OfAsync(call);
        return (refusal.Reason, refusal.Status.Message);
    }
}
