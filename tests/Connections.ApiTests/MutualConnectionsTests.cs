using Google.Protobuf.WellKnownTypes;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Testing;

namespace Platform.Tests.Connections.ApiTests;

/// <summary>Connections in common, of members with few and with more than one read takes.</summary>
public class MutualConnectionsTests(ConnectionsFixture fixture) : IClassFixture<ConnectionsFixture>
{
    private readonly string _run = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task MutualConnections_MoreThanThree_AreCountedAndThreeAreNamed()
    {
        var (ann, bob) = (Id("ann"), Id("bob"));
        var common = Enumerable.Range(0, 5).Select(index => Id($"common{index}")).ToList();
        await ConnectAsync(ann, [.. common, Id("x")]);
        await ConnectAsync(bob, [.. common, Id("y")]);

        Assert.Equal(
            new MutualConnectionsSummary { Count = 5, SampleIds = { common.Take(3) } },
            await InviteAsync(ann, bob)
        );
    }

    [Fact]
    public async Task MutualConnections_LongLists_AreFoundWhereverTheyStand()
    {
        var (hub, star, few) = (Id("hub"), Id("star"), Id("few"));
        // the latest first: what is imported first stands at the end of the list
        var ofHub = Enumerable.Range(0, 1150).Select(index => Id($"h{index:D4}")).ToList();
        var ofStar = Enumerable.Range(0, 1100).Select(index => Id($"s{index:D4}"));
        await ConnectAsync(hub, ofHub);
        await ConnectAsync(star, [ofHub[0], .. ofStar, ofHub[^1]]);
        await ConnectAsync(few, [ofHub[0], Id("else")]);

        Assert.Equal(
            new MutualConnectionsSummary { Count = 1, SampleIds = { ofHub[0] } },
            await InviteAsync(hub, few)
        );
        Assert.Equal(
            new MutualConnectionsSummary { Count = 2, SampleIds = { ofHub[0], ofHub[^1] } },
            await InviteAsync(star, hub)
        );
        Assert.Equal(
            new MutualConnectionsSummary { Count = 1, SampleIds = { ofHub[0] } },
            await InviteAsync(few, star)
        );
    }

    [Fact]
    public async Task SecondDegree_LongLists_LetsInOnlyWhoHasOneInCommon()
    {
        var (hub, star, stranger, few) = (Id("hub"), Id("star"), Id("stranger"), Id("few"));
        var ofHub = Enumerable.Range(0, 1150).Select(index => Id($"h{index:D4}")).ToList();
        await ConnectAsync(hub, ofHub);
        await ConnectAsync(
            star,
            [ofHub[0], .. Enumerable.Range(0, 1100).Select(index => Id($"s{index:D4}"))]
        );
        await ConnectAsync(
            stranger,
            [.. Enumerable.Range(0, 1100).Select(index => Id($"o{index:D4}"))]
        );
        await ConnectAsync(few, [Id("else"), ofHub[0]]);
        await new ConnectionSettingsService.ConnectionSettingsServiceClient(
            fixture.Service.As(hub)
        ).UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = new ConnectionSettings
                {
                    InvitationAudience = InvitationAudience.SecondDegree,
                },
            }
        );

        await InviteAsync(star, hub);
        await InviteAsync(few, hub);
        foreach (var inviter in new[] { stranger, Id("nobody") })
        {
            Assert.Equal(
                ErrorReason.NotInvitable,
                (await Refusal.OfAsync(() => InviteAsync(inviter, hub))).Reason
            );
        }
        // in a batch each is judged for itself
        var batch = await fixture
            .Invitations(few)
            .BatchSendInvitationsAsync(
                new BatchSendInvitationsRequest
                {
                    Drafts =
                    {
                        new InvitationDraft { InviteeId = Id("anybody") },
                        new InvitationDraft { InviteeId = hub },
                    },
                }
            );
        Assert.Null(batch.Results[0].Error);
        Assert.NotNull(batch.Results[1].Error);
    }

    private string Id(string name) => $"{name}-{_run}";

    // what the invitee is told
    private async Task<MutualConnectionsSummary> InviteAsync(string inviter, string invitee)
    {
        var sent = await fixture
            .Invitations(inviter)
            .SendInvitationAsync(new SendInvitationRequest { InviteeId = invitee });
        var got = await fixture
            .Invitations(invitee)
            .GetInvitationAsync(
                new GetInvitationRequest { InvitationId = sent.Invitation.InvitationId }
            );
        return got.Invitation.MutualConnections;
    }

    private async Task ConnectAsync(string member, IReadOnlyList<string> others)
    {
        var client = new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
            fixture.Service.AsOperator()
        );
        foreach (var chunk in others.Index().Chunk(500))
        {
            var imported = await client.ImportRelationshipsAsync(
                new ImportRelationshipsRequest
                {
                    Relationships =
                    {
                        chunk.Select(other => Connected(member, other.Item, other.Index)),
                    },
                }
            );
            Assert.All(imported.Results, result => Assert.Null(result.Error));
        }
    }

    private static RelationshipRecord Connected(string one, string other, int second)
    {
        var (low, high) = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
        var time = new Timestamp { Seconds = 1_700_000_000 + second };
        return new RelationshipRecord
        {
            LowId = low,
            HighId = high,
            State = RelationshipState.Connected,
            StateTime = time,
            Invitation = new InvitationRecord
            {
                Number = 1,
                InviterId = low,
                State = InvitationState.Accepted,
                SentTime = time,
                ExpireTime = time,
                EndTime = time,
            },
        };
    }
}
