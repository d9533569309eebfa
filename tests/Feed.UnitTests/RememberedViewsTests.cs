using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>A viewer who looks again: nothing is worked out anew, unless something changed that the page stands on.</summary>
public sealed class RememberedViewsTests : IDisposable
{
    private readonly FeedHarness _feed;
    private readonly string _ann;
    private readonly string _ben;
    private readonly string _cid;

    public RememberedViewsTests(GarnetFixture garnet)
    {
        _feed = new FeedHarness(garnet);
        (_ann, _ben, _cid) = (_feed.Member("ann"), _feed.Member("ben"), _feed.Member("cid"));
        _feed.Graph.Follow(_ann, _ben);
        _feed.Graph.Connect(_ann, _cid);
        // changes are told from now on, by these tests
        _feed.ConnectionFacts.Begin();
        _feed.FollowFacts.Begin();
    }

    public static TheoryData<FeedOrder> Orders => [FeedOrder.Recent, FeedOrder.Ranked];

    public void Dispose() => _feed.Dispose();

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_NothingChanged_IsNotWorkedOutAgain(FeedOrder order)
    {
        await PostAsync();

        var first = await _feed.ReadAsync(_ann, order: order);
        var second = await _feed.ReadAsync(_ann, order: order);

        Assert.Equal(4, second.Count);
        Assert.All(first.Zip(second), pair => Assert.Same(pair.First, pair.Second));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_AfterAToldUnfollow_IsGone(FeedOrder order)
    {
        await PostAsync();
        await _feed.ReadAsync(_ann, order: order);

        SwapBen();
        _feed.FollowFacts.Forget(_ann);

        Assert.Equal([_cid, _cid], await AuthorsAsync(order));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_AfterAToldDisconnect_IsGone(FeedOrder order)
    {
        await PostAsync();
        await _feed.ReadAsync(_ann, order: order);

        _feed.Graph.Disconnect(_ann, _cid);
        _feed.Graph.Connect(_ann, _feed.Member("dan"));
        _feed.ConnectionFacts.Forget(_ann);

        Assert.Equal([_ben, _ben], await AuthorsAsync(order));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_UnfollowThatAReadAtARevisionLearned_StaysGoneThoughUntold(
        FeedOrder order
    )
    {
        await PostAsync();
        await _feed.ReadAsync(_ann, order: order);
        SwapBen();

        var page = await _feed.Feed.ListAsync(
            new HomeFeedQuery(_ann, order, 20, null, FollowsRevision: "r"),
            default
        );

        Assert.Equal(2, page.Entries.Count);
        Assert.Equal([_cid, _cid], await AuthorsAsync(order));
    }

    [Fact]
    public async Task List_AnAuthorIsFollowedToo_StandsHigherAndSaysSo()
    {
        await PostAsync();
        Assert.Equal([_cid, _ben, _cid, _ben], await AuthorsAsync(FeedOrder.Ranked));

        _feed.Graph.Connect(_ann, _ben);
        _feed.ConnectionFacts.Forget(_ann);

        var entries = await _feed.ReadAsync(_ann, order: FeedOrder.Ranked);
        Assert.Equal(_ben, entries[0].Post.Author.Id);
        Assert.Equal(2, entries[0].Reasons.Count);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_MuteThatEndsByItself_IsShownFromThenOn(FeedOrder order)
    {
        await PostAsync();
        // shorter than posts are kept: those that are read anew are looked at anew
        var soon = new PostOptions().CacheTime / 3;
        _feed.Graph.Mute(_ann, EntityRef.Member(_ben), end: _feed.Time.GetUtcNow() + soon);
        Assert.Equal([_cid, _cid], await AuthorsAsync(order));
        Assert.Equal([_cid, _cid], await AuthorsAsync(order));

        _feed.Time.Advance(soon);

        Assert.Equal(4, (await _feed.ReadAsync(_ann, order: order)).Count);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_Edited_ShowsTheNewText(FeedOrder order)
    {
        var posts = await PostAsync();
        await _feed.ReadAsync(_ann, order: order);

        await _feed.PostsHandler.UpdateAsync(
            new PostActor(_ben, false),
            posts[0],
            new PostEdit("after", null, null),
            default
        );

        var entries = await _feed.ReadAsync(_ann, order: order);
        Assert.Equal("after", entries.Single(entry => entry.Post.Id == posts[0]).Post.Text);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_Deleted_IsGone(FeedOrder order)
    {
        var posts = await PostAsync();
        await _feed.ReadAsync(_ann, order: order);

        await _feed.PostsHandler.DeleteAsync(new PostActor(_cid, false), posts[1], default);

        Assert.Equal([_cid, _ben, _ben], await AuthorsAsync(order));
    }

    [Fact]
    public async Task List_PageByPageWhileOthersLook_IsTheSameAsAtOnce()
    {
        for (var round = 0; round < 5; round++)
        {
            await PostAsync();
        }
        var all = await _feed.ReadAsync(_ann, order: FeedOrder.Ranked);

        var paged = await _feed.ReadAsync(_ann, size: 3, order: FeedOrder.Ranked);

        Assert.Equal(all.Select(entry => entry.Post.Id), paged.Select(entry => entry.Post.Id));
    }

    // for somebody else: as many are followed as before, and the timeline is not built anew
    private void SwapBen()
    {
        _feed.Graph.Unfollow(_ann, _ben);
        _feed.Graph.Follow(_ann, _feed.Member("dan"));
    }

    private async Task<List<string>> AuthorsAsync(FeedOrder order) =>
        [.. (await _feed.ReadAsync(_ann, order: order)).Select(entry => entry.Post.Author.Id)];

    /// <summary>Two of each, in turn, delivered.</summary>
    private async Task<List<PostId>> PostAsync()
    {
        var posts = new List<PostId>();
        foreach (var author in new[] { _ben, _cid, _ben, _cid })
        {
            posts.Add((await _feed.PostAsync(author)).Id);
        }
        await _feed.DeliverAsync();
        return posts;
    }
}
