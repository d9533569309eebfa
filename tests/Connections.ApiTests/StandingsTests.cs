using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>What BatchGetStandings says is what the methods do, and no more than they tell.</summary>
public class StandingsTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _mia = ConnectionsFixture.NewMember("mia");
    private readonly string _ann = ConnectionsFixture.NewMember("ann");
    private readonly string _zoe = ConnectionsFixture.NewMember("zoe");

    [Fact]
    public async Task BatchGetStandings_Mixed_AnswersInOrder()
    {
        await fixture.ConnectAsync(_mia, _ann);
        var invited = await InviteAsync(_zoe, _mia);

        var standings = await ReadAsync(_mia, _zoe, "nobody", _ann, _mia, _zoe);

        Assert.Equal(
            [
                (_zoe, ConnectionStatus.InvitationReceived, "", "NOT_FIRST_DEGREE"),
                ("nobody", ConnectionStatus.None, "", "NOT_FIRST_DEGREE"),
                (_ann, ConnectionStatus.Connected, "ALREADY_CONNECTED", ""),
                (_mia, ConnectionStatus.Self, "SELF_INVITATION", "SELF_RECOMMENDATION"),
                (_zoe, ConnectionStatus.InvitationReceived, "", "NOT_FIRST_DEGREE"),
            ],
            standings.Select(standing =>
                (
                    standing.OtherId,
                    standing.Status,
                    standing.Invite.RefusalReason,
                    standing.Recommend.RefusalReason
                )
            )
        );
        Assert.Equal(invited.Invitation.InvitationId, standings[0].InvitationId);
        Assert.Equal(invited.Invitation.SentTime, standings[0].SentTime);
        Assert.Equal(standings[0], standings[4]);
        var sent = Assert.Single(await ReadAsync(_zoe, _mia));
        Assert.Equal(ConnectionStatus.InvitationSent, sent.Status);
        Assert.Equal("ALREADY_INVITED", sent.Invite.RefusalReason);
    }

    [Fact]
    public async Task BatchGetStandings_Withdrawn_TellsTheEndOfTheCoolDownToTheInviterOnly()
    {
        var sent = await InviteAsync(_mia, _ann);
        await fixture
            .Invitations(_mia)
            .WithdrawInvitationAsync(
                new WithdrawInvitationRequest { InvitationId = sent.Invitation.InvitationId }
            );

        var standing = Assert.Single(await ReadAsync(_mia, _ann));

        var refusal = await Refusal.OfAsync(async () => await InviteAsync(_mia, _ann));
        Assert.Equal(ErrorReason.CoolDown, refusal.Reason);
        Assert.Equal("COOL_DOWN", standing.Invite.RefusalReason);
        Assert.NotNull(standing.CoolDownEndTime);
        Assert.Equal(standing.CoolDownEndTime, standing.Invite.RefusedUntilTime);
        Assert.Equal(
            refusal.Info.Metadata["until"],
            standing.CoolDownEndTime.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'")
        );
        var other = Assert.Single(await ReadAsync(_ann, _mia));
        Assert.Null(other.CoolDownEndTime);
        Assert.True(other.Invite.Allowed);
    }

    [Fact]
    public async Task BatchGetStandings_Block_IsToldToTheBlockerAloneAlsoByAService()
    {
        await fixture.ConnectAsync(_mia, _ann);
        await new BlocksService.BlocksServiceClient(fixture.Service.As(_mia)).BlockMemberAsync(
            new BlockMemberRequest { OtherId = _ann }
        );

        var blocker = Assert.Single(await ReadAsync(_mia, _ann));
        var blocked = Assert.Single(await ReadAsync(_ann, _mia));
        var asService = await new ConnectionsService.ConnectionsServiceClient(
            fixture.Service.AsService()
        ).BatchGetStandingsAsync(
            new BatchGetStandingsRequest
            {
                MemberId = _ann,
                OtherIds = { _mia },
                IncludePermissions = true,
            }
        );

        Assert.True(blocker.Blocks);
        Assert.False(blocked.Blocks);
        Assert.Equal(ConnectionStatus.None, blocked.Status);
        Assert.Equal("NOT_INVITABLE", blocked.Invite.RefusalReason);
        Assert.Equal(blocked, Assert.Single(asService.Standings));
    }

    [Theory]
    [InlineData(InvitationAudience.Everyone, false, "")]
    [InlineData(InvitationAudience.SecondDegree, false, "NOT_INVITABLE")]
    [InlineData(InvitationAudience.SecondDegree, true, "")]
    [InlineData(InvitationAudience.Nobody, true, "NOT_INVITABLE")]
    public async Task BatchGetStandings_Setting_DecidesAsSendingDoes(
        InvitationAudience audience,
        bool haveOneInCommon,
        string reason
    )
    {
        if (haveOneInCommon)
        {
            await fixture.ConnectAsync(_mia, _zoe);
            await fixture.ConnectAsync(_ann, _zoe);
        }
        await new ConnectionSettingsService.ConnectionSettingsServiceClient(
            fixture.Service.As(_ann)
        ).UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = new ConnectionSettings { InvitationAudience = audience },
                UpdateMask = new() { Paths = { "invitation_audience" } },
            }
        );

        var standing = Assert.Single(await ReadAsync(_mia, _ann));

        Assert.Equal(reason, standing.Invite.RefusalReason);
        if (reason.Length == 0)
        {
            await InviteAsync(_mia, _ann);
        }
        else
        {
            var refusal = await Refusal.OfAsync(async () => await InviteAsync(_mia, _ann));
            Assert.Equal(ErrorReason.NotInvitable, refusal.Reason);
        }
    }

    [Fact]
    public async Task BatchGetStandings_Recommended_CannotBeTwice()
    {
        await fixture.ConnectAsync(_mia, _ann);
        Assert.True(Assert.Single(await ReadAsync(_mia, _ann)).Recommend.Allowed);
        await fixture
            .Recommendations(_mia)
            .WriteRecommendationAsync(
                new WriteRecommendationRequest { RecipientId = _ann, Text = "A joy to work with." }
            );

        Assert.Equal(
            "RECOMMENDATION_EXISTS",
            Assert.Single(await ReadAsync(_mia, _ann)).Recommend.RefusalReason
        );
        Assert.True(Assert.Single(await ReadAsync(_ann, _mia)).Recommend.Allowed);
    }

    [Fact]
    public async Task BatchGetStandings_WithoutPermissions_HasNone()
    {
        var answer = await fixture
            .Connections(_mia)
            .BatchGetStandingsAsync(new BatchGetStandingsRequest { OtherIds = { _ann } });

        var standing = Assert.Single(answer.Standings);
        Assert.Null(standing.Invite);
        Assert.Null(standing.Recommend);
    }

    [Fact]
    public async Task BatchGetStandings_Bounds_AreHeld()
    {
        var many = Enumerable.Range(0, 1000).Select(index => $"member-{index}").ToList();

        Assert.Equal(1000, (await ReadAsync(_mia, [.. many])).Count);
        var tooMany = await Refusal.OfAsync(async () =>
            await ReadAsync(_mia, [.. many, "one-more"])
        );
        var none = await Refusal.OfAsync(async () => await ReadAsync(_mia));
        var malformed = await Refusal.OfAsync(async () => await ReadAsync(_mia, _ann, "no spaces"));
        Assert.Equal(ErrorReason.BatchTooLarge, tooMany.Reason);
        Assert.Equal(ErrorReason.InvalidRequest, none.Reason);
        Assert.Equal(ErrorReason.InvalidRequest, malformed.Reason);
    }

    private async Task<SendInvitationResponse> InviteAsync(string inviter, string invitee) =>
        await fixture
            .Invitations(inviter)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });

    private async Task<IReadOnlyList<PairStanding>> ReadAsync(
        string viewer,
        params string[] others
    ) =>
        (
            await fixture
                .Connections(viewer)
                .BatchGetStandingsAsync(
                    new BatchGetStandingsRequest
                    {
                        OtherIds = { others },
                        IncludePermissions = true,
                    }
                )
        ).Standings;
}
