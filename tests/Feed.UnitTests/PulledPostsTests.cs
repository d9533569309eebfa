using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>Posts that readers find although nothing was pushed to them: of giants, and where the fan-out lags.</summary>
public sealed class PulledPostsTests(GarnetFixture garnet) : IDisposable
{
    private const int Threshold = 3;

    private readonly FeedHarness _feed = new(
        garnet,
        new FanOutOptions { ChunkSize = 2, PullAbove = Threshold }
    );

    private string Ann => _feed.Member("ann");

    private string Giant => _feed.Member("giant");

    [Theory]
    [InlineData(Threshold, DeliveryState.Delivered)]
    [InlineData(Threshold + 1, DeliveryState.Pulled)]
    public async Task Deliver_Followers_ArePushedToUpToTheThreshold(int count, DeliveryState state)
    {
        await FollowedByAsync(count);
        var post = await _feed.PostAsync(Giant);
        await _feed.DeliverAsync();
        Assert.Equal(state, (await JobAsync(post)).State);
        var isPushed = state == DeliveryState.Delivered;
        Assert.Equal(isPushed ? [post.Id] : [], await PushedAsync(Follower(0)));
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(0)));
        var explained = await _feed.Feed.ExplainAsync(Follower(0), post.Id, "", "", default);
        Assert.Equal(isPushed ? EntryOrigin.Pushed : EntryOrigin.Pulled, explained.Origin);
    }

    [Fact]
    public async Task Deliver_GiantWithConnections_IsPushedToThose()
    {
        await FollowedByAsync(Threshold + 1);
        _feed.Graph.Connect(Ann, Giant);
        await _feed.ReadAsync(Ann);
        var post = await _feed.PostAsync(Giant);
        await _feed.DeliverAsync();
        Assert.Equal([post.Id], await PushedAsync(Ann));
        Assert.Empty(await PushedAsync(Follower(0)));
    }

    [Fact]
    public async Task Deliver_GiantHashtagOfASmallAuthor_IsPulledByItsFollowersOnly()
    {
        var tag = EntityRef.Hashtag("graphs");
        for (var index = 0; index <= Threshold; index++)
        {
            _feed.Graph.Follow(Follower(index), tag);
        }
        await _feed.ReadAsync(Follower(0));
        await _feed.ReadAsync(Ann);
        var post = await _feed.PostAsync(_feed.Member("small"), "on #graphs");
        await _feed.DeliverAsync();
        Assert.Empty(await PushedAsync(Follower(0)));
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(0)));
        Assert.Empty(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task Deliver_CrossingTheThresholdBothWays_LosesAndDoublesNothing()
    {
        await FollowedByAsync(Threshold);
        var posts = new List<PostId>();
        foreach (var crossing in new Action[] { () => { }, Grow, Shrink, Grow })
        {
            crossing();
            posts.Insert(0, (await _feed.PostAsync(Giant)).Id);
            Assert.Equal(posts.Skip(1), (await _feed.ReadIdsAsync(Follower(0))).Except([posts[0]]));
            await _feed.DeliverAsync();
            Assert.Equal(posts, await _feed.ReadIdsAsync(Follower(0)));
        }
        // what was pulled for a while is in the timeline once it is built anew
        _feed.Time.Advance(_feed.TimelineOptions.RefreshAfter * 2);
        Assert.Equal(posts, await _feed.ReadIdsAsync(Follower(0)));
        Assert.Equal(posts, await PushedAsync(Follower(0)));

        void Grow() => _feed.Graph.Follow(_feed.Member("one more"), Giant);
        void Shrink() => _feed.Graph.Unfollow(_feed.Member("one more"), Giant);
    }

    [Fact]
    public async Task Deliver_CrossingTheThresholdInTheMiddleOfAJob_LosesNothing()
    {
        await FollowedByAsync(Threshold);
        var post = await _feed.PostAsync(Giant);
        _feed.BeforePostStore = name =>
        {
            if (name == nameof(IPostStore.AdvanceJobAsync))
            {
                _feed.Graph.Follow(_feed.Member("one more"), Giant);
            }
        };
        await _feed.DeliverAsync();
        Assert.Equal(DeliveryState.Delivered, (await JobAsync(post)).State);
        for (var index = 0; index < Threshold; index++)
        {
            Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(index)));
        }
    }

    [Fact]
    public async Task Read_PulledAuthorUnfollowedOrPostDeleted_IsGoneWithTheNextRead()
    {
        await FollowedByAsync(Threshold + 2);
        await _feed.ReadAsync(Follower(1));
        var post = await _feed.PostAsync(Giant);
        await _feed.DeliverAsync();
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(0)));
        _feed.Graph.Unfollow(Follower(0), Giant);
        Assert.Empty(await _feed.ReadAsync(Follower(0)));
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(1)));
        await _feed.PostsHandler.DeleteAsync(new PostActor(Giant, false), post.Id, default);
        Assert.Empty(await _feed.ReadAsync(Follower(1)));
    }

    [Fact]
    public async Task Read_NobodyDelivers_ShowsThePostAfterAMoment()
    {
        await FollowedByAsync(1);
        await _feed.ReadAsync(Ann);
        var post = await _feed.PostAsync(Giant);
        Assert.Empty(await _feed.ReadAsync(Follower(0)));
        _feed.Time.Advance(_feed.TimelineOptions.PullAfter);
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(0)));
        Assert.Empty(await PushedAsync(Follower(0)));
        Assert.Empty(await _feed.ReadAsync(Ann));
    }

    [Fact]
    public async Task Read_MoreIsBehindThanIsLookedThrough_BuildsTheTimelineAnew()
    {
        await FollowedByAsync(1);
        var wanted = await _feed.PostAsync(Giant);
        for (var index = 0; index < UnpushedPosts.Most; index++)
        {
            await _feed.PostAsync(_feed.Member("other"));
        }
        Assert.Equal([wanted.Id], await _feed.ReadIdsAsync(Follower(0)));
        Assert.Equal([wanted.Id], await PushedAsync(Follower(0)));
    }

    [Fact]
    public async Task Read_SourcesDown_KeepsTheTimelineAndWhatIsPulled()
    {
        await FollowedByAsync(Threshold + 1);
        var post = await _feed.PostAsync(Giant);
        await _feed.DeliverAsync();
        _feed.Graph.ConnectionsDown = true;
        _feed.Time.Advance(_feed.TimelineOptions.RefreshAfter);
        Assert.Equal([post.Id], await _feed.ReadIdsAsync(Follower(0)));
    }

    public void Dispose() => _feed.Dispose();

    private string Follower(int index) => _feed.Member($"follower{index}");

    /// <summary>The first of them has a timeline.</summary>
    private async Task FollowedByAsync(int count)
    {
        for (var index = 0; index < count; index++)
        {
            _feed.Graph.Follow(Follower(index), Giant);
        }
        await _feed.ReadAsync(Follower(0));
        _feed.Time.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task<IReadOnlyList<PostId>> PushedAsync(string member) =>
        (await _feed.Timelines.ReadAsync(member, default))!.Newest();

    private async Task<DeliveryJob> JobAsync(Post post) =>
        (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job;
}
