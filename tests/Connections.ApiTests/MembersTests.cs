using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Erasing members as operators, the erased, and those around them see it.</summary>
public class MembersTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _bob = ConnectionsFixture.NewMember("bob");
    private readonly string _eve = ConnectionsFixture.NewMember("eve");

    private MembersService.MembersServiceClient Operator => new(fixture.Service.AsOperator());

    [Fact]
    public async Task Delete_WithoutAnyData_IsDoneAtOnce()
    {
        var deleted = await Operator.DeleteMemberAsync(new() { ErasedId = _ann });

        Assert.Equal(_ann, deleted.Deletion.ErasedId);
        Assert.Equal(MemberDeletionState.Done, deleted.Deletion.State);
        Assert.Equal((0, 0), (deleted.Deletion.RemovedCount, deleted.Deletion.RemainingCount));
        Assert.NotNull(deleted.Deletion.EndTime);
        Assert.NotEmpty(deleted.Revision);
    }

    [Fact]
    public async Task GetDeletion_NeverDeleted_IsNone()
    {
        var answer = await Operator.GetMemberDeletionAsync(new() { ErasedId = _ann });

        Assert.Equal(MemberDeletionState.None, answer.Deletion.State);
        Assert.Null(answer.Deletion.StartTime);
    }

    [Fact]
    public async Task Delete_ConnectedMember_LeavesNothingToOthersAndTellsWatchers()
    {
        await fixture.ConnectAsync(_ann, _bob);
        var sent = await fixture
            .Invitations(_eve)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = _ann });
        using var service = await Watcher.StartAsync(
            new ConnectionsService.ConnectionsServiceClient(fixture.Service.AsService()),
            new WatchConnectionsRequest { WatchedIds = { _ann } }
        );
        using var bob = await Watcher.StartAsync(fixture.Connections(_bob));

        var deleted = await Operator.DeleteMemberAsync(new() { ErasedId = _ann });
        var done = await DoneAsync(_ann);

        Assert.Equal(deleted.Deletion.StartTime, done.StartTime);
        Assert.Equal((2, 0), (done.RemovedCount, done.RemainingCount));
        var told = new[]
        {
            await service.NextAsync(),
            await service.NextAsync(),
            await service.NextAsync(),
        };
        Assert.Equal(
            [
                ConnectionChangeKind.Removed,
                ConnectionChangeKind.Removed,
                ConnectionChangeKind.MemberDeleted,
            ],
            told.Select(change => change.Kind)
        );
        Assert.Equal((_ann, "", ""), (told[2].FirstId, told[2].SecondId, told[2].ActorId));
        var removed = await bob.NextAsync();
        Assert.Equal(
            (ConnectionChangeKind.Removed, "", ConnectionStatus.None),
            (removed.Kind, removed.ActorId, removed.Status)
        );

        Assert.Equal(
            ConnectionStatus.None,
            (
                await fixture
                    .Connections(_bob)
                    .CheckConnectionAsync(new CheckConnectionRequest { OtherId = _ann })
            ).Status
        );
        Assert.Equal(
            0,
            (
                await fixture.Connections(_bob).CountConnectionsAsync(new CountConnectionsRequest())
            ).Count
        );
        var refusal = await Refusal.OfAsync(
            fixture
                .Invitations(_eve)
                .GetInvitationAsync(
                    new GetInvitationRequest { InvitationId = sent.Invitation.InvitationId }
                )
        );
        Assert.Equal(ErrorReason.InvitationNotFound, refusal.Reason);
    }

    [Fact]
    public async Task Delete_Erased_CannotBeInvitedAndCannotAct()
    {
        await fixture.ConnectAsync(_ann, _bob);
        await Operator.DeleteMemberAsync(new() { ErasedId = _ann });

        foreach (var inviter in new[] { _bob, _eve })
        {
            var refusal = await Refusal.OfAsync(
                fixture
                    .Invitations(inviter)
                    .SendInvitationAsync(new SendInvitationRequest { InviteeId = _ann })
            );
            Assert.Equal(ErrorReason.NotInvitable, refusal.Reason);
        }
        var own = await Refusal.OfAsync(
            fixture
                .Invitations(_ann)
                .SendInvitationAsync(new SendInvitationRequest { InviteeId = _eve })
        );
        Assert.Equal(
            (ErrorReason.MemberDeleted, StatusCode.FailedPrecondition),
            (own.Reason, own.Code)
        );
        own = await Refusal.OfAsync(() => Watcher.StartAsync(fixture.Connections(_ann)));
        Assert.Equal(ErrorReason.MemberDeleted, own.Reason);
    }

    [Fact]
    public async Task Delete_Repeated_AnswersHowItStands_WithARequestIdAsTheFirstTime()
    {
        await fixture.ConnectAsync(_ann, _bob);
        var request = new DeleteMemberRequest { ErasedId = _ann, RequestId = "r1" };
        var first = await Operator.DeleteMemberAsync(request);
        var done = await DoneAsync(_ann);

        Assert.Equal(first, await Operator.DeleteMemberAsync(request));
        var other = await Operator.DeleteMemberAsync(new() { ErasedId = _ann, RequestId = "r2" });
        Assert.Equal(done, other.Deletion);
        Assert.Equal(done, (await Operator.DeleteMemberAsync(new() { ErasedId = _ann })).Deletion);
    }

    [Fact]
    public async Task Delete_ManyAtOnce_IsOneErasure()
    {
        await fixture.ConnectAsync(_ann, _bob);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(async _ => await Operator.DeleteMemberAsync(new() { ErasedId = _ann }))
        );

        Assert.Single(answers.Select(answer => answer.Deletion.StartTime).Distinct());
        Assert.Equal(1, (await DoneAsync(_ann)).RemovedCount);
    }

    [Fact]
    public async Task Members_ByRole_AreForOperatorsAndServices()
    {
        var member = new MembersService.MembersServiceClient(fixture.Service.As(_ann));
        var refusal = await Refusal.OfAsync(member.DeleteMemberAsync(new() { ErasedId = _ann }));
        Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);
        refusal = await Refusal.OfAsync(member.GetMemberDeletionAsync(new() { ErasedId = _ann }));
        Assert.Equal(ErrorReason.RoleRequired, refusal.Reason);

        var service = new MembersService.MembersServiceClient(fixture.Service.AsService());
        await service.DeleteMemberAsync(new() { ErasedId = _ann });
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an id")]
    [InlineData("a|b")]
    public async Task Members_BadIds_NameTheField(string id)
    {
        var refusal = await Refusal.OfAsync(Operator.DeleteMemberAsync(new() { ErasedId = id }));
        Assert.Equal(ErrorReason.InvalidRequest, refusal.Reason);
        Assert.Equal(["erased_id"], refusal.Fields);
        refusal = await Refusal.OfAsync(Operator.GetMemberDeletionAsync(new() { ErasedId = id }));
        Assert.Equal(["erased_id"], refusal.Fields);
    }

    private async Task<MemberDeletion> DoneAsync(string member)
    {
        MemberDeletion? deletion = null;
        await Eventually.HoldsAsync(
            "the erasure is done",
            async () =>
            {
                var answer = await Operator.GetMemberDeletionAsync(new() { ErasedId = member });
                deletion = answer.Deletion;
                return deletion.State == MemberDeletionState.Done;
            }
        );
        return deletion!;
    }
}
