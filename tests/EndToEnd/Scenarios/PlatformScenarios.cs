using System.Net;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>What members do, from end to end.</summary>
public abstract class PlatformScenarios : ScenarioSuite
{
    [Fact]
    public async Task Invitation_Accepted_ConnectsBoth()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var sent = await ada.Invitations.SendInvitationAsync(
            new SendInvitationRequest { InviteeId = grace.Id, Note = "We met at the conference." }
        );
        Assert.Equal(InvitationState.Pending, sent.Invitation.State);
        Assert.Equal(ConnectionStatus.InvitationSent, await ada.StandingAsync(grace));
        Assert.Equal(ConnectionStatus.InvitationReceived, await grace.StandingAsync(ada));

        await grace.Invitations.AcceptInvitationAsync(
            new AcceptInvitationRequest { InvitationId = sent.Invitation.InvitationId }
        );

        Assert.Equal(ConnectionStatus.Connected, await ada.StandingAsync(grace));
        Assert.Equal(ConnectionStatus.Connected, await grace.StandingAsync(ada));
        foreach (var member in new[] { ada, grace })
        {
            var list = await member.Connections.ListConnectionsAsync(new ListConnectionsRequest());
            var count = await member.Connections.CountConnectionsAsync(
                new CountConnectionsRequest()
            );
            Assert.Single(list.Connections);
            Assert.Equal(1, count.Count);
        }
    }

    [Fact]
    public async Task Invitation_OverRest_ConnectsBoth()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var (status, sent) = await RestAsync(
            ada,
            HttpMethod.Post,
            "/v1/invitations",
            $$"""{"inviteeId":"{{grace.Id}}"}"""
        );
        Assert.Equal(HttpStatusCode.OK, status);
        var invitation = sent.GetProperty("invitation").GetProperty("invitationId").GetString();

        (status, _) = await RestAsync(
            grace,
            HttpMethod.Post,
            $"/v1/invitations/{Uri.EscapeDataString(invitation!)}:accept",
            "{}"
        );
        Assert.Equal(HttpStatusCode.OK, status);

        (status, var check) = await RestAsync(
            ada,
            HttpMethod.Get,
            $"/v1/connections/{grace.Id}:check"
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("CONNECTION_STATUS_CONNECTED", check.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Refusal_OverRest_CarriesItsReason()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));

        var (status, body) = await RestAsync(
            ada,
            HttpMethod.Post,
            "/v1/conversations",
            $$"""{"otherMemberIds":["{{grace.Id}}"]}"""
        );

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            "NOT_FIRST_DEGREE",
            body.GetProperty("details")[0].GetProperty("reason").GetString()
        );
    }

    [Fact]
    public async Task Message_BetweenConnections_Arrives()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);

        var sent = await ada.SendAsync(conversation, "Hello");

        var received = Assert.Single(
            await grace.MessagesAsync(conversation),
            message => message.Number == sent.Number
        );
        Assert.Equal(("Hello", ada.Id), (received.Text, received.SenderId));
    }

    [Fact]
    public async Task Message_ToAStranger_IsRefused()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.FollowAsync(grace);

        var refusal = await Refusal.OfAsync(() => ada.StartConversationAsync(grace));

        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
    }

    [Fact]
    public async Task Message_AfterDisconnect_IsRefusedAndHistoryStays()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);
        await ada.SendAsync(conversation, "Hello");

        await grace.DisconnectAsync(ada);

        var refusal = await Refusal.OfAsync(() => ada.SendAsync(conversation, "Are you there?"));
        Assert.Equal(ErrorReason.NotFirstDegree, refusal.Reason);
        Assert.Contains(await ada.MessagesAsync(conversation), message => message.Text == "Hello");
        Assert.DoesNotContain(
            await grace.MessagesAsync(conversation),
            message => message.Text == "Are you there?"
        );
    }

    [Fact]
    public async Task Conversation_OfOthers_IsNotThere()
    {
        var (ada, grace, eve) = (
            await MemberAsync("ada"),
            await MemberAsync("grace"),
            await MemberAsync("eve")
        );
        await ada.ConnectAsync(grace);
        var conversation = await ada.StartConversationAsync(grace);

        var refusal = await Refusal.OfAsync(() => eve.MessagesAsync(conversation));

        Assert.Equal(ErrorReason.ConversationNotFound, refusal.Reason);
    }

    [Fact]
    public async Task Post_ReachesConnectionsAndFollowers_AndNobodyElse()
    {
        var (author, connected) = (await MemberAsync("author"), await MemberAsync("connected"));
        var (follower, stranger) = (await MemberAsync("follower"), await MemberAsync("stranger"));
        await author.ConnectAsync(connected);
        await follower.FollowAsync(author);

        var post = await author.PostAsync("News");

        Assert.Equal(
            FeedReasonKind.Connection,
            (await ArrivesAsync(connected, post)).Reasons[0].Kind
        );
        Assert.Equal(FeedReasonKind.Follow, (await ArrivesAsync(follower, post)).Reasons[0].Kind);
        Assert.Equal(FeedReasonKind.Own, (await ArrivesAsync(author, post)).Reasons[0].Kind);
        Assert.Null(await stranger.FeedEntryAsync(post));
    }

    [Fact]
    public async Task Post_AfterTheConnectionEnds_IsGone()
    {
        var (author, reader) = (await MemberAsync("author"), await MemberAsync("reader"));
        await author.ConnectAsync(reader);
        var post = await author.PostAsync("News");
        await ArrivesAsync(reader, post);

        var revision = await reader.DisconnectAsync(author);

        Assert.Null(await reader.FeedEntryAsync(post, connectionsRevision: revision));
    }

    [Fact]
    public async Task Post_WithASecondReason_StaysUntilTheLastEnds()
    {
        var (author, reader) = (await MemberAsync("author"), await MemberAsync("reader"));
        await author.ConnectAsync(reader);
        await reader.FollowAsync(author);
        var post = await author.PostAsync("News");
        Assert.Equal(2, (await ArrivesAsync(reader, post)).Reasons.Count);

        var connections = await reader.DisconnectAsync(author);
        var entry = await reader.FeedEntryAsync(post, connectionsRevision: connections);
        Assert.NotNull(entry);
        Assert.Equal(FeedReasonKind.Follow, Assert.Single(entry.Reasons).Kind);

        var follows = await reader.UnfollowAsync(author);
        Assert.Null(await reader.FeedEntryAsync(post, connections, follows));
    }

    [Fact]
    public async Task Post_Deleted_IsGone()
    {
        var (author, reader) = (await MemberAsync("author"), await MemberAsync("reader"));
        await reader.FollowAsync(author);
        var post = await author.PostAsync("News");
        await ArrivesAsync(reader, post);

        await author.Posts.DeletePostAsync(new DeletePostRequest { PostId = post.PostId });

        Assert.Null(await reader.FeedEntryAsync(post));
    }

    [Fact]
    public async Task Followers_AreTheOwnersAlone()
    {
        var (ada, follower, stranger) = (
            await MemberAsync("ada"),
            await MemberAsync("follower"),
            await MemberAsync("stranger")
        );
        await follower.FollowAsync(ada);

        var followers = await ada.Follows.ListFollowersAsync(
            new ListFollowersRequest { Entity = ada.Entity }
        );
        Assert.Equal(follower.Id, Assert.Single(followers.Followers).MemberId);
        var following = await follower.Follows.ListFollowingAsync(
            new ListFollowingRequest { Kind = EntityKind.Member }
        );
        Assert.Equal(ada.Id, Assert.Single(following.Followed).Entity.Id);

        var refusal = await Refusal.OfAsync(
            stranger.Follows.ListFollowersAsync(new ListFollowersRequest { Entity = ada.Entity })
        );
        Assert.Equal(ErrorReason.FollowersPrivate, refusal.Reason);
        refusal = await Refusal.OfAsync(
            stranger.Follows.ListFollowingAsync(
                new ListFollowingRequest { OwnerId = follower.Id, Kind = EntityKind.Member }
            )
        );
        Assert.Equal(ErrorReason.FollowingPrivate, refusal.Reason);
    }

    [Fact]
    public async Task Call_ForAnother_IsRefusedToMembersAndAllowedToServices()
    {
        var (ada, grace) = (await MemberAsync("ada"), await MemberAsync("grace"));
        var request = new SendInvitationRequest { MemberId = grace.Id, InviteeId = ada.Id };

        var refusal = await Refusal.OfAsync(ada.Invitations.SendInvitationAsync(request));
        Assert.Equal(ErrorReason.ActingForAnother, refusal.Reason);

        var service = await Endpoint.ActorAsync("profile", "service");
        var sent = await service.Invitations.SendInvitationAsync(request);
        Assert.Equal(grace.Id, sent.Invitation.InviterId);
    }

    private static async Task<FeedEntry> ArrivesAsync(Actor reader, Post post)
    {
        FeedEntry? entry = null;
        await Eventually.HoldsAsync(
            $"the post is in the home feed of {reader.Id}",
            async () => (entry = await reader.FeedEntryAsync(post)) is not null
        );
        return entry!;
    }
}
