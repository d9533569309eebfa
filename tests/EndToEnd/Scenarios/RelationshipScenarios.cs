using System.Net;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Follows.V1;
using Platform.Relationships.V1;
using Platform.Testing;
using Degree = Platform.Relationships.V1.Degree;
using InvitationState = Platform.Relationships.V1.InvitationState;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Relationships composed by the gateway of what the services know.</summary>
public abstract class RelationshipScenarios : ScenarioSuite
{
    [Fact]
    public async Task BatchGet_EveryKindOfRelation_IsAsTheServicesSay()
    {
        var viewer = await MemberAsync("viewer");
        var friend = await MemberAsync("friend");
        var second = await MemberAsync("second");
        var invited = await MemberAsync("invited");
        var followed = await MemberAsync("followed");
        var revision = await friend.ConnectAsync(second);
        revision = await viewer.ConnectAsync(friend);
        await viewer.Invitations.SendInvitationAsync(
            new SendInvitationRequest { InviteeId = invited.Id }
        );
        await viewer.FollowAsync(followed);
        await followed.FollowAsync(viewer);
        await viewer.Follows.MuteAsync(new MuteRequest { Entity = followed.Entity });

        var answer = await viewer.Relationships.BatchGetAsync(
            new BatchGetRequest
            {
                TargetIds = { friend.Id, second.Id, invited.Id, followed.Id, viewer.Id },
                ConnectionsConsistency = new Consistency { AtLeastRevision = revision },
            }
        );

        Assert.True(answer.Completeness.Complete);
        var relationships = answer.Results.Select(result => result.Relationship).ToList();
        Assert.Equal(
            [Degree.First, Degree.Second, Degree.OutOfNetwork, Degree.OutOfNetwork, Degree.Self],
            relationships.Select(relationship => relationship.Degree)
        );
        Assert.Equal(1, relationships[1].MutualConnectionCount);
        Assert.Equal(InvitationState.Sent, relationships[2].Invitation.State);
        Assert.NotEmpty(relationships[2].Invitation.InvitationId);
        Assert.Equal(Answer.Yes, relationships[3].Follows);
        Assert.Equal(Answer.Yes, relationships[3].FollowedBy);
        Assert.Equal(Answer.Yes, relationships[3].Mutes);
        Assert.Equal(
            ["ALREADY_CONNECTED", "", "ALREADY_INVITED", "", "SELF_INVITATION"],
            relationships.Select(relationship => relationship.CanInvite.Reason)
        );
        Assert.Equal(
            ["", "NOT_FIRST_DEGREE", "NOT_FIRST_DEGREE", "NOT_FIRST_DEGREE", "SELF_CONVERSATION"],
            relationships.Select(relationship => relationship.CanMessage.Reason)
        );
        Assert.Equal(
            ["", "", "", "", "SELF_FOLLOW"],
            relationships.Select(relationship => relationship.CanFollow.Reason)
        );
        Assert.Equal(
            ["", "NOT_FIRST_DEGREE", "NOT_FIRST_DEGREE", "NOT_FIRST_DEGREE", "SELF_RECOMMENDATION"],
            relationships.Select(relationship => relationship.CanRecommend.Reason)
        );
    }

    [Fact]
    public async Task BatchGet_Capabilities_AreWhatTheMethodsDo()
    {
        var viewer = await MemberAsync("viewer");
        var friend = await MemberAsync("friend");
        var stranger = await MemberAsync("stranger");
        await viewer.ConnectAsync(friend);

        var answer = await viewer.Relationships.BatchGetAsync(
            new BatchGetRequest
            {
                TargetIds = { friend.Id, stranger.Id },
                Parts = { RelationshipPart.Capabilities },
            }
        );

        var (toFriend, toStranger) = (
            answer.Results[0].Relationship,
            answer.Results[1].Relationship
        );
        Assert.Equal(CapabilityState.Allowed, toFriend.CanMessage.State);
        Assert.NotEmpty(await viewer.StartConversationAsync(friend));
        Assert.Equal(
            toStranger.CanMessage.Reason,
            (await Refusal.OfAsync(() => viewer.StartConversationAsync(stranger))).Info.Reason
        );
        Assert.Equal(
            toFriend.CanInvite.Reason,
            (
                await Refusal.OfAsync(async () =>
                    await viewer.Invitations.SendInvitationAsync(
                        new SendInvitationRequest { InviteeId = friend.Id }
                    )
                )
            )
                .Info
                .Reason
        );
        Assert.Equal(CapabilityState.Allowed, toStranger.CanFollow.State);
        await viewer.FollowAsync(stranger);
    }

    [Fact]
    public async Task BatchGet_OfOneWhoBlocksTheViewer_ReadsLikeOneWhoIsNotThere()
    {
        var viewer = await MemberAsync("viewer");
        var blocker = await MemberAsync("blocker");
        await viewer.ConnectAsync(blocker);
        var blocked = await blocker.Blocks.BlockMemberAsync(
            new BlockMemberRequest { OtherId = viewer.Id }
        );
        var consistency = new Consistency { AtLeastRevision = blocked.Revision };

        // follows hears of a block a moment later; the rest is told at once
        BatchGetResponse byMember = null!;
        await Eventually.HoldsAsync(
            "the block to reach follows",
            async () =>
            {
                byMember = await viewer.Relationships.BatchGetAsync(
                    new BatchGetRequest
                    {
                        TargetIds = { blocker.Id },
                        ConnectionsConsistency = consistency,
                    }
                );
                return byMember.Results.Single().Relationship.CanFollow.Reason == "NOT_FOLLOWABLE";
            }
        );
        var service = await Endpoint.ActorAsync("crm", "service");
        var byService = await service.Relationships.BatchGetAsync(
            new BatchGetRequest
            {
                MemberId = viewer.Id,
                TargetIds = { blocker.Id },
                ConnectionsConsistency = consistency,
            }
        );

        var seen = byMember.Results.Single().Relationship;
        Assert.Equal(Degree.OutOfNetwork, seen.Degree);
        Assert.Equal(InvitationState.None, seen.Invitation.State);
        Assert.Equal(Answer.No, seen.Blocks);
        Assert.Equal("NOT_INVITABLE", seen.CanInvite.Reason);
        Assert.Equal(seen, byService.Results.Single().Relationship);
        Assert.Equal(
            Answer.Yes,
            (
                await blocker.Relationships.BatchGetAsync(
                    new BatchGetRequest
                    {
                        TargetIds = { viewer.Id },
                        Parts = { RelationshipPart.Block },
                    }
                )
            )
                .Results.Single()
                .Relationship.Blocks
        );
    }

    [Fact]
    public async Task BatchGet_OverRest_IsTheSame()
    {
        var viewer = await MemberAsync("viewer");

        var (status, body) = await RestAsync(
            viewer,
            HttpMethod.Post,
            "/v1/relationships:batchGet",
            """{"targetIds":["nobody"],"parts":["RELATIONSHIP_PART_CAPABILITIES"]}"""
        );

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            "NOT_FIRST_DEGREE",
            body.GetProperty("results")[0]
                .GetProperty("relationship")
                .GetProperty("canMessage")
                .GetProperty("reason")
                .GetString()
        );
    }
}
