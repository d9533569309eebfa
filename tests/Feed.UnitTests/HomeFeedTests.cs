using Platform.Common.V1;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Timelines;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Feed.UnitTests.Support;
using AbsenceReason = Platform.Feed.HomeFeed.AbsenceReason;

namespace Platform.Tests.Feed.UnitTests;

public sealed class HomeFeedTests(GarnetFixture garnet) : IDisposable
{
    private readonly FeedHarness _feed = new(garnet);

    private string Ann => _feed.Member("ann");

    private string Ben => _feed.Member("ben");

    private string Cid => _feed.Member("cid");

    [Fact]
    public async Task List_ConnectedAndFollowed_SaysBothReasons()
    {
        _feed.Graph.Connect(Ann, Ben);
        _feed.Graph.Follow(Ann, Ben);
        await _feed.PostAsync(Ben);
        var entry = Assert.Single(await _feed.ReadAsync(Ann));
        Assert.Equal(
            [FeedReasonKind.Connection, FeedReasonKind.Follow],
            entry.Reasons.Select(reason => reason.Kind)
        );
    }

    [Fact]
    public async Task List_OwnPost_IsThereForItself()
    {
        var post = await _feed.PostAsync(Ann, audience: PostAudience.Connections);
        var entry = Assert.Single(await _feed.ReadAsync(Ann));
        Assert.Equal(post.Id, entry.Post.Id);
        Assert.Equal([FeedReasonKind.Own], entry.Reasons.Select(reason => reason.Kind));
    }

    [Fact]
    public async Task List_FollowedHashtag_BringsPostsOfStrangers()
    {
        _feed.Graph.Follow(Ann, EntityRef.Hashtag("graphs"));
        await _feed.PostAsync(Ben, "on #Graphs");
        var entry = Assert.Single(await _feed.ReadAsync(Ann));
        Assert.Equal(
            new FeedReason(FeedReasonKind.Hashtag, EntityRef.Hashtag("graphs")),
            Assert.Single(entry.Reasons)
        );
    }

    [Fact]
    public async Task List_AfterUnfollow_IsGoneWithTheNextRead()
    {
        _feed.Graph.Follow(Ann, Ben);
        await _feed.PostAsync(Ben);
        Assert.Single(await _feed.ReadAsync(Ann));
        _feed.Graph.Unfollow(Ann, Ben);
        Assert.Empty(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task List_OneOfTwoReasonsGoes_Stays()
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Connect(Ann, Ben);
        await _feed.PostAsync(Ben);
        _feed.Graph.Disconnect(Ann, Ben);
        var entry = Assert.Single(await _feed.ReadAsync(Ann));
        Assert.Equal(FeedReasonKind.Follow, Assert.Single(entry.Reasons).Kind);
    }

    [Fact]
    public async Task List_ForConnections_IsNotForFollowers()
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Connect(Cid, Ben);
        await _feed.PostAsync(Ben, audience: PostAudience.Connections);
        await _feed.DeliverAsync();
        Assert.Empty(await _feed.ReadAsync(Ann));
        Assert.Single(await _feed.ReadAsync(Cid));
    }

    [Fact]
    public async Task List_MutedAuthor_IsNotShown()
    {
        _feed.Graph.Connect(Ann, Ben);
        _feed.Graph.Follow(Ann, Ben);
        await _feed.PostAsync(Ben);
        _feed.Graph.Mute(Ann, EntityRef.Member(Ben));
        Assert.Empty(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task List_DeletedPost_IsGone()
    {
        _feed.Graph.Follow(Ann, Ben);
        var post = await _feed.PostAsync(Ben);
        Assert.Single(await _feed.ReadAsync(Ann));
        await _feed.PostsHandler.DeleteAsync(new PostActor(Ben, false), post.Id, default);
        Assert.Empty(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task List_EditedPost_ShowsTheNewText()
    {
        _feed.Graph.Follow(Ann, Ben);
        var post = await _feed.PostAsync(Ben, "before");
        await _feed.PostsHandler.UpdateAsync(
            new PostActor(Ben, false),
            post.Id,
            new PostEdit("after", null, null),
            default
        );
        Assert.Equal("after", Assert.Single(await _feed.ReadAsync(Ann)).Post.Text);
    }

    [Fact]
    public async Task List_AudienceWidened_ReachesFollowersWhoReadBefore()
    {
        _feed.Graph.Follow(Ann, Ben);
        var post = await _feed.PostAsync(Ben, audience: PostAudience.Connections);
        await _feed.DeliverAsync();
        Assert.Empty(await _feed.ReadAsync(Ann));
        await _feed.PostsHandler.UpdateAsync(
            new PostActor(Ben, false),
            post.Id,
            new PostEdit(null, PostAudience.Everyone, null),
            default
        );
        await _feed.DeliverAsync();
        Assert.Single(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task List_FollowAndConnectAfterThePosts_BackfillsAtTheNextRead()
    {
        var first = await _feed.PostAsync(Ben);
        var second = await _feed.PostAsync(Cid);
        await _feed.DeliverAsync();
        Assert.Empty(await _feed.ReadAsync(Ann));
        _feed.Graph.Follow(Ann, Ben);
        Assert.Equal([first.Id], await _feed.ReadIdsAsync(Ann));
        _feed.Graph.Connect(Ann, Cid);
        Assert.Equal([second.Id, first.Id], await _feed.ReadIdsAsync(Ann));
    }

    [Fact]
    public async Task List_SourcesSwappedOneForOne_BackfillsAtTheNextRead()
    {
        var dan = _feed.Member("dan");
        _feed.Graph.Follow(Ann, Ben);
        var first = await _feed.PostAsync(Cid);
        var second = await _feed.PostAsync(dan);
        await _feed.DeliverAsync();
        Assert.Empty(await _feed.ReadAsync(Ann));
        _feed.Graph.Unfollow(Ann, Ben);
        _feed.Graph.Follow(Ann, Cid);
        Assert.Equal([first.Id], await _feed.ReadIdsAsync(Ann));
        _feed.Graph.Connect(Ann, Ben);
        Assert.Equal([first.Id], await _feed.ReadIdsAsync(Ann));
        _feed.Graph.Disconnect(Ann, Ben);
        _feed.Graph.Connect(Ann, dan);
        Assert.Equal([second.Id, first.Id], await _feed.ReadIdsAsync(Ann));
    }

    [Fact]
    public async Task List_BuiltByAClockFarAhead_IsBuiltAnewWhenItIsBack()
    {
        _feed.Graph.Follow(Ann, Ben);
        var ahead = TimeSpan.FromMinutes(10);
        _feed.Time.Advance(ahead);
        Assert.Empty(await _feed.ReadAsync(Ann));
        _feed.Time.AdjustTime(_feed.Time.GetUtcNow() - ahead);
        // left to readers, who look for what was closed since their timeline was built
        _feed.FanOut.PullAbove = 0;
        var post = await _feed.PostAsync(Ben);
        await _feed.DeliverAsync();
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Ann));
    }

    [Fact]
    public async Task List_EntriesFilteredOut_PagesAreFullAllTheSame()
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Follow(Ann, Cid);
        var wanted = new List<PostId>();
        for (var index = 0; index < 60; index++)
        {
            var post = await _feed.PostAsync(index % 6 == 0 ? Ben : Cid);
            if (index % 6 == 0)
            {
                wanted.Insert(0, post.Id);
            }
        }
        Assert.Equal(60, (await _feed.ReadAsync(Ann)).Count);
        _feed.Graph.Unfollow(Ann, Cid);
        var page = await _feed.PageAsync(Ann, size: 8);
        Assert.Equal(wanted.Take(8), page.Entries.Select(entry => entry.Post.Id));
        var rest = await _feed.PageAsync(Ann, page.NextPosition, size: 8);
        Assert.Equal(wanted.Skip(8), rest.Entries.Select(entry => entry.Post.Id));
        Assert.Null(rest.NextPosition);
    }

    [Theory]
    [InlineData(FeedOrder.Recent)]
    [InlineData(FeedOrder.Ranked)]
    public async Task List_NewPostsBetweenPages_NothingTwiceAndNothingSkipped(FeedOrder order)
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Connect(Ann, Cid);
        var wanted = new List<PostId>();
        for (var index = 0; index < 230; index++)
        {
            wanted.Add((await _feed.PostAsync(index % 3 == 0 ? Ben : Cid)).Id);
        }
        var seen = new List<PostId>();
        string? position = null;
        do
        {
            var page = await _feed.PageAsync(Ann, position, size: 17, order);
            seen.AddRange(page.Entries.Select(entry => entry.Post.Id));
            position = page.NextPosition;
            await _feed.PostAsync(Ben, "meanwhile");
            await _feed.DeliverAsync();
        } while (position is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(wanted.Order(), seen.Order());
        if (order == FeedOrder.Recent)
        {
            Assert.Equal(seen.OrderDescending(), seen);
        }
    }

    [Fact]
    public async Task List_DeletedBetweenRankedPages_NothingTwiceAndNothingSkipped()
    {
        _feed.Graph.Follow(Ann, Ben);
        var posts = new List<Post>();
        for (var index = 0; index < 50; index++)
        {
            posts.Add(await _feed.PostAsync(Ben));
        }
        var first = await _feed.PageAsync(Ann, size: 10, order: FeedOrder.Ranked);
        var shown = first.Entries.Select(entry => entry.Post.Id).ToHashSet();
        var gone = posts.First(post => !shown.Contains(post.Id));
        await _feed.PostsHandler.DeleteAsync(new PostActor(Ben, false), gone.Id, default);
        var rest = await _feed.PageAsync(
            Ann,
            first.NextPosition,
            size: 100,
            order: FeedOrder.Ranked
        );
        Assert.Equal(
            posts.Select(post => post.Id).Where(id => id != gone.Id && !shown.Contains(id)).Order(),
            rest.Entries.Select(entry => entry.Post.Id).Order()
        );
    }

    [Fact]
    public async Task List_FollowsDown_ShowsWhatConnectionsProve()
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Connect(Ann, Cid);
        await _feed.PostAsync(Ben);
        var proved = await _feed.PostAsync(Cid);
        Assert.Equal(2, (await _feed.ReadAsync(Ann)).Count);
        _feed.Graph.FollowsDown = true;
        var page = await _feed.PageAsync(Ann);
        Assert.Equal([proved.Id], page.Entries.Select(entry => entry.Post.Id));
        Assert.Equal([new FeedGap("follows", ErrorReason.DependencyUnavailable)], page.Gaps);
        _feed.Graph.FollowsDown = false;
        Assert.Equal(2, (await _feed.ReadAsync(Ann)).Count);
    }

    [Fact]
    public async Task List_ConnectionsDown_NeverShowsPostsForConnections()
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Connect(Ann, Ben);
        await _feed.PostAsync(Ben, audience: PostAudience.Connections);
        var open = await _feed.PostAsync(Ben);
        Assert.Equal(2, (await _feed.ReadAsync(Ann)).Count);
        _feed.Graph.ConnectionsDown = true;
        var page = await _feed.PageAsync(Ann);
        Assert.Equal([open.Id], page.Entries.Select(entry => entry.Post.Id));
        Assert.Equal("connections", Assert.Single(page.Gaps).Source);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task List_Block_HidesWhatHashtagsAndFollowsWouldBring(bool byTheViewer)
    {
        _feed.Graph.Follow(Ann, EntityRef.Hashtag("graphs"));
        _feed.Graph.Follow(Ann, Ben);
        var post = await _feed.PostAsync(Ben, "on #graphs");
        Assert.Equal(2, Assert.Single(await _feed.ReadAsync(Ann)).Reasons.Count);
        var (first, second) = byTheViewer ? (Ann, Ben) : (Ben, Ann);
        _feed.Graph.Block(first, second);
        Assert.Empty(await _feed.ReadAsync(Ann));
        var explained = await _feed.Feed.ExplainAsync(Ann, post.Id, "", "", default);
        Assert.Equal(AbsenceReason.NotFound, explained.Absence);
        Assert.Null(explained.Post);
        Assert.Empty(explained.Reasons);
        _feed.Graph.Unblock(first, second);
        Assert.Single(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task List_ConnectionsDown_ShowsWhomOneFollowsButNotStrangersUnderAHashtag()
    {
        _feed.Graph.Follow(Ann, EntityRef.Hashtag("graphs"));
        _feed.Graph.Follow(Ann, Ben);
        var followed = await _feed.PostAsync(Ben, "on #graphs");
        var stranger = await _feed.PostAsync(Cid, "on #graphs");
        Assert.Equal(2, (await _feed.ReadAsync(Ann)).Count);
        _feed.Graph.ConnectionsDown = true;
        var page = await _feed.PageAsync(Ann);
        Assert.Equal([followed.Id], page.Entries.Select(entry => entry.Post.Id));
        Assert.Equal("connections", Assert.Single(page.Gaps).Source);
        var explained = await _feed.Feed.ExplainAsync(Ann, stranger.Id, "", "", default);
        Assert.Equal(AbsenceReason.Unproven, explained.Absence);
        Assert.Null(explained.Post);
    }

    [Fact]
    public async Task List_ConnectionsDownAndARevisionOfItPresented_ShowsNoMemberForAFollowAlone()
    {
        var acme = new EntityRef(Platform.Feed.Posts.EntityKind.Company, _feed.Member("acme"));
        _feed.Graph.Follow(Ann, acme);
        _feed.Graph.Follow(Ann, Ben);
        var ofAcme = await _feed.PostsHandler.CreateAsync(
            new PostDraft(acme, PostKind.Post, "news", PostAudience.Everyone, null, null),
            default
        );
        var ofBen = await _feed.PostAsync(Ben);
        Assert.Equal(2, (await _feed.ReadAsync(Ann)).Count);
        // connections has stored it, follows has not heard of it
        _feed.Graph.Block(Ann, Ben);
        _feed.Graph.ConnectionsDown = true;

        var page = await _feed.Feed.ListAsync(
            new HomeFeedQuery(Ann, FeedOrder.Recent, 20, null) { ConnectionsRevision = "block" },
            default
        );

        Assert.Equal([ofAcme.Id], page.Entries.Select(entry => entry.Post.Id));
        Assert.Equal("connections", Assert.Single(page.Gaps).Source);
        var explained = await _feed.Feed.ExplainAsync(Ann, ofBen.Id, "block", "", default);
        Assert.Equal(AbsenceReason.Unproven, explained.Absence);
        Assert.Null(explained.Post);
    }

    [Fact]
    public async Task List_FirstReadWithASourceDown_IsRebuiltWhenItAnswers()
    {
        _feed.Graph.Follow(Ann, Ben);
        _feed.Graph.Connect(Ann, Cid);
        await _feed.PostAsync(Ben);
        await _feed.PostAsync(Cid);
        await _feed.DeliverAsync();
        _feed.Graph.FollowsDown = true;
        var page = await _feed.PageAsync(Ann);
        Assert.Single(page.Entries);
        Assert.True(page.Rebuilding);
        _feed.Graph.FollowsDown = false;
        page = await _feed.PageAsync(Ann);
        Assert.Equal(2, page.Entries.Count);
        Assert.False(page.Rebuilding);
    }

    [Fact]
    public async Task List_BothDown_IsUnavailable()
    {
        _feed.Graph.Follow(Ann, Ben);
        await _feed.PostAsync(Ben);
        await _feed.ReadAsync(Ann);
        _feed.Graph.FollowsDown = true;
        _feed.Graph.ConnectionsDown = true;
        var refusal = await Assert.ThrowsAsync<DomainException>(() => _feed.PageAsync(Ann));
        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
    }

    [Theory]
    [InlineData(FeedOrder.Recent, "x")]
    [InlineData(FeedOrder.Recent, "-1")]
    [InlineData(FeedOrder.Ranked, "1.2.3")]
    [InlineData(FeedOrder.Ranked, "99999999999999999.2.3.")]
    public async Task List_PositionThatMakesNoSense_IsRefused(FeedOrder order, string position)
    {
        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            _feed.PageAsync(Ann, position, 20, order)
        );
        Assert.Equal(ErrorReason.InvalidPageToken, refusal.Reason);
    }

    [Fact]
    public async Task List_AtLeastARevisionNotYetDelivered_ShowsThePost()
    {
        _feed.Graph.Follow(Ann, Ben);
        await _feed.ReadAsync(Ann);
        await _feed.Unpushed.GetAsync(fresh: false, default);
        var post = await _feed.PostsHandler.CreateAsync(
            new PostDraft(
                EntityRef.Member(Ben),
                PostKind.Post,
                "hello",
                PostAudience.Everyone,
                null,
                null
            ),
            default
        );
        Assert.Empty(await _feed.ReadAsync(Ann));
        var page = await _feed.Feed.ListAsync(
            new HomeFeedQuery(Ann, FeedOrder.Recent, 20, null, FeedRevision.Of(post).ToString()),
            default
        );
        Assert.Equal([post.Id], page.Entries.Select(entry => entry.Post.Id));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("p.1")]
    [InlineData("p0.1")]
    [InlineData("p12")]
    public async Task List_RevisionOfSomebodyElse_IsRefused(string revision)
    {
        var query = new HomeFeedQuery(Ann, FeedOrder.Recent, 20, null, revision);
        var refusal = await Assert.ThrowsAsync<DomainException>(() =>
            _feed.Feed.ListAsync(query, default)
        );
        Assert.Equal(ErrorReason.InvalidRevision, refusal.Reason);
    }

    [Fact]
    public async Task List_RedisEmptied_IsRebuiltFromTheStore()
    {
        _feed.Graph.Follow(Ann, Ben);
        var post = await _feed.PostAsync(Ben);
        await _feed.ReadAsync(Ann);
        await _feed.DeliverAsync();
        await _feed.Timelines.DeleteAsync(Ann, default);
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Ann));
    }

    [Fact]
    public async Task List_MoreThanTheCapacity_KeepsTheNewest()
    {
        using var feed = new FeedHarness(
            garnet,
            timelineOptions: new TimelineOptions { Capacity = 20 }
        );
        var (ann, ben) = (feed.Member("ann"), feed.Member("ben"));
        feed.Graph.Follow(ann, ben);
        await feed.ReadAsync(ann);
        var posts = new List<PostId>();
        for (var index = 0; index < 75; index++)
        {
            posts.Insert(0, (await feed.PostAsync(ben)).Id);
            await feed.DeliverAsync();
        }
        var read = await feed.ReadIdsAsync(ann);
        Assert.InRange(read.Count, 20, 20 + TimelineKeys.TrimEvery);
        Assert.Equal(posts.Take(read.Count), read);
    }

    [Fact]
    public async Task Explain_EveryCase_SaysWhatTheViewerMayKnow()
    {
        _feed.Graph.Follow(Ann, Ben);
        await _feed.ReadAsync(Ann);
        _feed.Time.Advance(TimeSpan.FromSeconds(1));
        var pushed = await _feed.PostAsync(Ben);
        await _feed.DeliverAsync();
        var hidden = await _feed.PostAsync(Ben, audience: PostAudience.Connections);
        var stranger = await _feed.PostAsync(Cid);
        var waiting = await _feed.PostAsync(Ben);

        var explained = await ExplainAsync(pushed.Id);
        Assert.True(explained.Shown);
        Assert.Equal(EntryOrigin.Pushed, explained.Origin);
        Assert.Equal(FeedReasonKind.Follow, Assert.Single(explained.Reasons).Kind);
        Assert.Equal(AbsenceReason.NotFound, (await ExplainAsync(hidden.Id)).Absence);
        Assert.Null((await ExplainAsync(hidden.Id)).Post);
        Assert.Equal(AbsenceReason.NotFound, (await ExplainAsync(new PostId(1))).Absence);
        Assert.Equal(AbsenceReason.NoRelation, (await ExplainAsync(stranger.Id)).Absence);
        Assert.Equal(AbsenceReason.NotDeliveredYet, (await ExplainAsync(waiting.Id)).Absence);
        _feed.Graph.Mute(Ann, EntityRef.Member(Ben));
        Assert.Equal(AbsenceReason.Muted, (await ExplainAsync(pushed.Id)).Absence);
    }

    public void Dispose() => _feed.Dispose();

    private Task<EntryExplanation> ExplainAsync(PostId id) =>
        _feed.Feed.ExplainAsync(Ann, id, "", "", default);
}
