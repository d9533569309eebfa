using Microsoft.Extensions.DependencyInjection;
using Platform.Common.V1;
using Platform.Feed.Sources;
using Platform.Feed.V1;
using Platform.Follows.V1;
using Platform.Testing;

namespace Platform.Tests.Feed.ApiTests;

public class HomeFeedTests(FeedPlatform platform) : IClassFixture<FeedPlatform>
{
    private readonly string _ann = FeedPlatform.NewId("ann");
    private readonly string _ben = FeedPlatform.NewId("ben");
    private readonly string _cid = FeedPlatform.NewId("cid");

    [Fact]
    public async Task CreatePost_FollowerAndConnectionWhoReadBefore_FindItInTheirFeeds()
    {
        await platform.FollowAsync(_ann, _ben);
        await platform.ConnectAsync(_cid, _ben);
        Assert.Empty(await platform.ReadAsync(_ann));
        Assert.Empty(await platform.ReadAsync(_cid));
        var created = await PostAsync(_ben, "hello");
        foreach (
            var (reader, reason) in new[]
            {
                (_ann, FeedReasonKind.Follow),
                (_cid, FeedReasonKind.Connection),
            }
        )
        {
            var entry = Assert.Single(await platform.ReadAsync(reader, created.Revision));
            Assert.Equal(created.Post, entry.Post);
            Assert.Equal(reason, Assert.Single(entry.Reasons).Kind);
        }
        var status = await platform.DeliveredAsync(_ben, created.Post.PostId);
        // the author reads for the first time only now
        Assert.Equal(2, status.TimelinesReached);
        Assert.Equal(
            FeedReasonKind.Own,
            Assert.Single(Assert.Single(await platform.ReadAsync(_ben)).Reasons).Kind
        );
    }

    [Fact]
    public async Task ListHomeFeed_ReasonsGoOneByOne_TheEntryGoesWithTheLast()
    {
        await platform.FollowAsync(_ann, _ben);
        await platform.ConnectAsync(_ann, _ben);
        await PostAsync(_ben, "hello");
        Assert.Equal(2, Assert.Single(await platform.ReadAsync(_ann)).Reasons.Count);
        var unfollowed = await platform.UnfollowAsync(_ann, _ben);
        Assert.Equal(
            FeedReasonKind.Connection,
            Assert
                .Single(
                    Assert
                        .Single(await platform.ReadAsync(_ann, followsRevision: unfollowed))
                        .Reasons
                )
                .Kind
        );
        var disconnected = await platform.DisconnectAsync(_ben, _ann);
        Assert.Empty(await platform.ReadAsync(_ann, connectionsRevision: disconnected));
    }

    [Fact]
    public async Task ListHomeFeed_NoRevisionPresented_SeesChangesOfConnectionsAsTheyAreTold()
    {
        await PostAsync(_ben, "hello", PostAudience.Connections);
        var facts = platform.Feed.Services.GetRequiredService<ToldFacts<ConnectionFacts>>();
        await Eventually.HoldsAsync("changes are told", () => Task.FromResult(facts.IsTold));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            // whatever it answers, it is kept from here on
            await platform.ReadAsync(_ann);
            await platform.ConnectAsync(_ann, _ben);
            await Eventually.HoldsAsync(
                "the post of a new connection is in the home feed",
                async () => (await platform.ReadAsync(_ann)).Count == 1
            );
            await platform.DisconnectAsync(_ann, _ben);
            await Eventually.HoldsAsync(
                "the post goes with the connection",
                async () => (await platform.ReadAsync(_ann)).Count == 0
            );
        }
    }

    [Fact]
    public async Task ListHomeFeed_NoRevisionPresented_SeesChangesOfFollowsAsTheyAreTold()
    {
        await PostAsync(_ben, "hello");
        var facts = platform.Feed.Services.GetRequiredService<ToldFacts<FollowFacts>>();
        await Eventually.HoldsAsync("changes are told", () => Task.FromResult(facts.IsTold));
        var follows = new FollowsService.FollowsServiceClient(platform.Follows.As(_ann));
        var ben = new Entity { Kind = EntityKind.Member, Id = _ben };
        foreach (var _ in Enumerable.Range(0, 2))
        {
            // whatever it answers, it is kept from here on
            await platform.ReadAsync(_ann);
            await platform.FollowAsync(_ann, _ben);
            await ShowsAsync("the post of a new followee", 1);
            await follows.MuteAsync(new MuteRequest { Entity = ben });
            await ShowsAsync("nothing of the muted", 0);
            await follows.UnmuteAsync(new UnmuteRequest { Entity = ben });
            await ShowsAsync("the post again", 1);
            await platform.UnfollowAsync(_ann, _ben);
            await ShowsAsync("nothing after an unfollow", 0);
        }
    }

    private Task ShowsAsync(string what, int count) =>
        Eventually.HoldsAsync(
            $"the home feed shows {what}",
            async () => (await platform.ReadAsync(_ann)).Count == count
        );

    [Fact]
    public async Task ListHomeFeed_Block_HidesPostsUnderAFollowedHashtag()
    {
        var tag = $"tag{Guid.NewGuid():n}";
        await platform.FollowAsync(_ann, tag, EntityKind.Hashtag);
        await PostAsync(_ben, $"on #{tag}");
        Assert.Single(await platform.ReadAsync(_ann));
        var blocked = await platform.BlockAsync(_ben, _ann);
        Assert.Empty(await platform.ReadAsync(_ann, connectionsRevision: blocked));
        await Eventually.HoldsAsync(
            "the block is seen without a revision",
            async () => (await platform.ReadAsync(_ann)).Count == 0
        );
    }

    [Fact]
    public async Task ListHomeFeed_ConnectionsGoesAway_ShowsWhatFollowsProvesAndSaysPartial()
    {
        await using var own = new FeedPlatform();
        await own.InitializeAsync();
        await own.ConnectAsync(_ann, _ben);
        await own.FollowAsync(_ann, _cid);
        var byConnection = await own.Posts(_ben)
            .CreatePostAsync(new CreatePostRequest { Text = "by a connection" });
        var byFollowed = await own.Posts(_cid)
            .CreatePostAsync(new CreatePostRequest { Text = "by somebody followed" });
        Assert.Equal(
            [byFollowed.Post.PostId, byConnection.Post.PostId],
            (await own.ReadAsync(_ann)).Select(entry => entry.Post.PostId)
        );
        var facts = own.Feed.Services.GetRequiredService<ToldFacts<ConnectionFacts>>();
        await Eventually.HoldsAsync("changes are told", () => Task.FromResult(facts.IsTold));
        await own.ReadAsync(_ann);
        await own.StopConnectionsAsync();
        var page = new ListHomeFeedResponse();
        await Eventually.HoldsAsync(
            "the feed says that connections does not answer",
            async () =>
            {
                page = await own.Home(_ann).ListHomeFeedAsync(new ListHomeFeedRequest());
                return !page.Completeness.Complete;
            }
        );
        Assert.Equal("connections", Assert.Single(page.Completeness.Gaps).Source);
        Assert.Equal([byFollowed.Post.PostId], page.Entries.Select(entry => entry.Post.PostId));
    }

    [Fact]
    public async Task ListHomeFeed_FollowAndConnectLater_BringEarlierPosts()
    {
        var first = await PostAsync(_ben, "earlier");
        var second = await PostAsync(_cid, "for connections", PostAudience.Connections);
        Assert.Empty(await platform.ReadAsync(_ann, second.Revision));
        await platform.FollowAsync(_ann, _ben);
        var followed = await platform.FollowAsync(_ann, _cid);
        Assert.Equal(
            [first.Post.PostId],
            (await platform.ReadAsync(_ann, followsRevision: followed)).Select(entry =>
                entry.Post.PostId
            )
        );
        var connected = await platform.ConnectAsync(_ann, _cid);
        Assert.Equal(
            [second.Post.PostId, first.Post.PostId],
            (await platform.ReadAsync(_ann, connectionsRevision: connected)).Select(entry =>
                entry.Post.PostId
            )
        );
    }

    [Fact]
    public async Task ListHomeFeed_FollowedHashtagAndCompany_AreReasons()
    {
        var tag = $"tag{Guid.NewGuid():n}";
        var company = FeedPlatform.NewId("company");
        await platform.FollowAsync(_ann, $"#{tag.ToUpperInvariant()}é", EntityKind.Hashtag);
        await platform.FollowAsync(_ann, company, EntityKind.Company);
        Assert.Empty(await platform.ReadAsync(_ann));
        var tagged = await PostAsync(_ben, $"on #{tag}e\u0301!");
        var published = await new PostsService.PostsServiceClient(
            platform.Feed.AsService()
        ).CreatePostAsync(
            new CreatePostRequest
            {
                Author = new Entity { Kind = EntityKind.Company, Id = company },
                Text = "news",
            }
        );
        Assert.Equal([$"{tag}é"], tagged.Post.Hashtags);
        var entries = await platform.ReadAsync(_ann, published.Revision);
        Assert.Equal(
            [
                (published.Post.PostId, FeedReasonKind.Company),
                (tagged.Post.PostId, FeedReasonKind.Hashtag),
            ],
            entries.Select(entry => (entry.Post.PostId, Assert.Single(entry.Reasons).Kind))
        );
    }

    [Fact]
    public async Task ListHomeFeed_Paged_EveryPostOnce()
    {
        await platform.FollowAsync(_ann, _ben);
        var wanted = new List<string>();
        for (var index = 0; index < 7; index++)
        {
            wanted.Insert(0, (await PostAsync(_ben, $"post {index}")).Post.PostId);
        }
        foreach (var order in new[] { FeedOrder.Recent, FeedOrder.Ranked })
        {
            var seen = new List<string>();
            var token = "";
            do
            {
                var page = await platform
                    .Home(_ann)
                    .ListHomeFeedAsync(
                        new ListHomeFeedRequest
                        {
                            Order = order,
                            PageSize = 3,
                            PageToken = token,
                        }
                    );
                seen.AddRange(page.Entries.Select(entry => entry.Post.PostId));
                token = page.NextPageToken;
            } while (token.Length > 0);
            Assert.Equal(wanted, seen);
        }
    }

    [Fact]
    public async Task ListHomeFeed_TokenOfAnotherOrder_IsRefused()
    {
        await platform.FollowAsync(_ann, _ben);
        await PostAsync(_ben, "one");
        await PostAsync(_ben, "two");
        var page = await platform
            .Home(_ann)
            .ListHomeFeedAsync(new ListHomeFeedRequest { PageSize = 1 });
        var refusal = await Refusal.OfAsync(
            platform
                .Home(_ann)
                .ListHomeFeedAsync(
                    new ListHomeFeedRequest
                    {
                        Order = FeedOrder.Ranked,
                        PageToken = page.NextPageToken,
                    }
                )
        );
        Assert.Equal(ErrorReason.InvalidPageToken, refusal.Reason);
    }

    private async Task<CreatePostResponse> PostAsync(
        string member,
        string text,
        PostAudience audience = PostAudience.Everyone
    ) =>
        await platform
            .Posts(member)
            .CreatePostAsync(new CreatePostRequest { Text = text, Audience = audience });
}
