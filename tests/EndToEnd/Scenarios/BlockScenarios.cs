using System.Net;
using Grpc.Core;
using Platform.Common.V1;
using Platform.Connections.V1;
using Platform.Feed.V1;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Scenarios;

/// <summary>Blocks, settings, and who sees what, from end to end.</summary>
public abstract class BlockScenarios : ScenarioSuite
{
    [Fact]
    public async Task Block_Connected_EndsConnectionMessagesAndFeed()
    {
        var (ada, eve) = (await MemberAsync("ada"), await MemberAsync("eve"));
        await ada.ConnectAsync(eve);
        var conversation = await ada.StartConversationAsync(eve);
        await eve.SendAsync(conversation, "Hello");
        var post = await ada.PostAsync("News");
        await Eventually.HoldsAsync(
            "the post is in the home feed",
            async () => await eve.FeedEntryAsync(post) is not null
        );

        var blocked = await ada.Blocks.BlockMemberAsync(
            new BlockMemberRequest { OtherId = eve.Id }
        );

        foreach (var (one, other) in new[] { (ada, eve), (eve, ada) })
        {
            Assert.Equal(ConnectionStatus.None, await one.StandingAsync(other));
            Assert.Equal(0, (await one.Connections.CountConnectionsAsync(new())).Count);
            Assert.Equal(
                ErrorReason.NotInvitable,
                (
                    await Refusal.OfAsync(
                        one.Invitations.SendInvitationAsync(
                            new SendInvitationRequest { InviteeId = other.Id }
                        )
                    )
                ).Reason
            );
            Assert.Equal(
                ErrorReason.NotFirstDegree,
                (await Refusal.OfAsync(() => one.SendAsync(conversation, "Hello?"))).Reason
            );
        }
        Assert.Null(await eve.FeedEntryAsync(post, connectionsRevision: blocked.Revision));
        Assert.Equal(
            [eve.Id],
            (await ada.Blocks.ListBlocksAsync(new())).Blocks.Select(block => block.BlockedId)
        );
        Assert.Empty((await eve.Blocks.ListBlocksAsync(new())).Blocks);
        // only a service is told both sides
        var service = await Endpoint.ActorAsync("messaging", "service");
        var asked = new CheckBlockRequest { MemberId = eve.Id, OtherId = ada.Id };
        Assert.False((await eve.Blocks.CheckBlockAsync(asked)).Check.BlockedBy);
        Assert.True((await service.Blocks.CheckBlockAsync(asked)).Check.BlockedBy);
    }

    [Fact]
    public async Task Block_Strangers_HidesPostsForEveryoneFromBoth()
    {
        var (ada, eve) = (await MemberAsync("ada"), await MemberAsync("eve"));
        var pairs = new[]
        {
            (Viewer: eve, Author: ada, Post: await ada.PostAsync("For everyone")),
            (Viewer: ada, Author: eve, Post: await eve.PostAsync("For everyone, too")),
        };
        foreach (var (viewer, author, post) in pairs)
        {
            Assert.Equal(post, await GetAsync(viewer, post));
            Assert.Equal([post], (await ListAsync(viewer, author)).Posts);
        }

        await ada.Blocks.BlockMemberAsync(new BlockMemberRequest { OtherId = eve.Id });

        foreach (var (viewer, author, post) in pairs)
        {
            Assert.Equal(
                ErrorReason.PostNotFound,
                (await Refusal.OfAsync(() => GetAsync(viewer, post))).Reason
            );
            var batch = await viewer.Posts.BatchGetPostsAsync(
                new BatchGetPostsRequest { PostIds = { post.PostId } }
            );
            Assert.Equal((int)StatusCode.NotFound, Assert.Single(batch.Results).Error.Code);
            // nothing tells a block from an author without posts
            Assert.Equal(
                await ListAsync(viewer, await MemberAsync("nobody")),
                await ListAsync(viewer, author)
            );
        }

        static async Task<Post> GetAsync(Actor viewer, Post post) =>
            (await viewer.Posts.GetPostAsync(new GetPostRequest { PostId = post.PostId })).Post;

        static async Task<ListAuthorPostsResponse> ListAsync(Actor viewer, Actor author) =>
            await viewer.Posts.ListAuthorPostsAsync(
                new ListAuthorPostsRequest { Author = author.Entity }
            );
    }

    [Fact]
    public async Task Block_DuringAcceptance_Wins()
    {
        for (var round = 0; round < 5; round++)
        {
            var (ada, eve) = (await MemberAsync($"ada{round}"), await MemberAsync($"eve{round}"));
            var sent = await eve.Invitations.SendInvitationAsync(
                new SendInvitationRequest { InviteeId = ada.Id }
            );
            var accept = new AcceptInvitationRequest
            {
                InvitationId = sent.Invitation.InvitationId,
            };

            await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(async caller =>
                    {
                        try
                        {
                            if (caller == 3)
                            {
                                await eve.Blocks.BlockMemberAsync(
                                    new BlockMemberRequest { OtherId = ada.Id }
                                );
                            }
                            else
                            {
                                await ada.Invitations.AcceptInvitationAsync(accept);
                            }
                        }
                        // whoever was too late is refused; the block never is
                        catch (RpcException exception)
                            when (caller != 3
                                && exception.StatusCode
                                    is StatusCode.FailedPrecondition
                                        or StatusCode.NotFound
                            ) { }
                    })
            );

            Assert.Equal(ConnectionStatus.None, await ada.StandingAsync(eve));
            Assert.Equal(ConnectionStatus.None, await eve.StandingAsync(ada));
            Assert.Empty((await ada.Invitations.CountInvitationsAsync(new())).Received);
        }
    }

    [Fact]
    public async Task Block_OverRest_IsLiftedAndRestoresNothing()
    {
        var (ada, eve) = (await MemberAsync("ada"), await MemberAsync("eve"));
        await ada.ConnectAsync(eve);

        var (status, body) = await RestAsync(
            ada,
            HttpMethod.Post,
            "/v1/blocks",
            $$"""{"otherId":"{{eve.Id}}"}"""
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            "QUOTA_KIND_BLOCKS",
            body.GetProperty("quotas")[0].GetProperty("kind").GetString()
        );
        (status, body) = await RestAsync(ada, HttpMethod.Get, "/v1/blocks");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(eve.Id, body.GetProperty("blocks")[0].GetProperty("blockedId").GetString());

        (status, _) = await RestAsync(ada, HttpMethod.Delete, $"/v1/blocks/{eve.Id}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(ConnectionStatus.None, await ada.StandingAsync(eve));
        (status, body) = await RestAsync(
            ada,
            HttpMethod.Post,
            "/v1/blocks",
            $$"""{"otherId":"{{eve.Id}}"}"""
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        var info = body.GetProperty("details")[0];
        Assert.Equal("BLOCK_TOO_SOON", info.GetProperty("reason").GetString());
        Assert.True(info.GetProperty("metadata").TryGetProperty("until", out _));

        await eve.ConnectAsync(ada);
        Assert.Equal(ConnectionStatus.Connected, await ada.StandingAsync(eve));
    }

    [Fact]
    public async Task ListVisibility_Changed_CountsForListAndCountAtOnce()
    {
        var (ada, friend, stranger) = (
            await MemberAsync("ada"),
            await MemberAsync("friend"),
            await MemberAsync("stranger")
        );
        await ada.ConnectAsync(friend);
        Assert.Equal(1, await CountAsync(stranger, ada));

        var (status, _) = await RestAsync(
            ada,
            HttpMethod.Patch,
            "/v1/connectionSettings",
            """{"settings":{"listVisibility":"LIST_VISIBILITY_CONNECTIONS"},"updateMask":"listVisibility"}"""
        );
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, await CountAsync(friend, ada));
        Assert.Equal(
            ErrorReason.ListHidden,
            (await Refusal.OfAsync(() => CountAsync(stranger, ada))).Reason
        );

        await ada.Settings.UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = new ConnectionSettings { ListVisibility = ListVisibility.OnlyMe },
            }
        );
        Assert.Equal(
            ErrorReason.ListHidden,
            (await Refusal.OfAsync(() => CountAsync(friend, ada))).Reason
        );
        Assert.Equal(1, await CountAsync(ada, ada));
    }

    [Fact]
    public async Task InvitationAudience_SecondDegree_LetsInWhoHasAConnectionInCommon()
    {
        var (ada, friend, known, stranger) = (
            await MemberAsync("ada"),
            await MemberAsync("friend"),
            await MemberAsync("known"),
            await MemberAsync("stranger")
        );
        await ada.ConnectAsync(friend);
        await known.ConnectAsync(friend);
        await ada.Settings.UpdateConnectionSettingsAsync(
            new UpdateConnectionSettingsRequest
            {
                Settings = new ConnectionSettings
                {
                    InvitationAudience = InvitationAudience.SecondDegree,
                },
            }
        );
        var invite = new SendInvitationRequest { InviteeId = ada.Id };

        Assert.Equal(
            ErrorReason.NotInvitable,
            (await Refusal.OfAsync(stranger.Invitations.SendInvitationAsync(invite))).Reason
        );
        var explained = await stranger.Invitations.ExplainInvitationAsync(
            new ExplainInvitationRequest { InviteeId = ada.Id }
        );
        Assert.False(explained.MayInvite);
        await known.Invitations.SendInvitationAsync(invite);

        var received = Assert.Single(
            (await ada.Invitations.ListReceivedInvitationsAsync(new())).Invitations
        );
        Assert.Equal(
            new MutualConnectionsSummary { Count = 1, SampleIds = { friend.Id } },
            received.MutualConnections
        );
    }

    private static async Task<long> CountAsync(Actor viewer, Actor owner) =>
        (
            await viewer.Connections.CountConnectionsAsync(
                new CountConnectionsRequest { OwnerId = owner.Id }
            )
        ).Count;
}
