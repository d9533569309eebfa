using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>Timelines that are built anew from all sources for their age alone: when, how often, and what others get meanwhile.</summary>
public sealed class OldTimelinesTests : IDisposable
{
    private readonly FeedHarness _feed;
    private readonly string _ann;
    private readonly string _ben;
    private int _builds;
    private Action _duringABuild = () => { };

    public OldTimelinesTests(GarnetFixture garnet)
    {
        _feed = new FeedHarness(garnet);
        (_ann, _ben) = (_feed.Member("ann"), _feed.Member("ben"));
        _feed.Graph.Follow(_ann, _ben);
        _feed.BeforePostStore = name =>
        {
            if (name == nameof(IPostStore.ListRecentIdsAsync))
            {
                _builds++;
                _duringABuild();
            }
        };
    }

    public void Dispose() => _feed.Dispose();

    [Fact]
    public async Task List_YoungAndThenOld_IsBuiltOnceWithTheFirstPageOnly()
    {
        var posts = await PostAsync(30);
        var first = await _feed.PageAsync(_ann);
        await _feed.PageAsync(_ann);
        Assert.Equal(1, _builds);

        GrowOld();
        var second = await _feed.PageAsync(_ann, first.NextPosition);
        Assert.Equal(1, _builds);
        Assert.Equal(posts.Take(10).Reverse(), second.Entries.Select(entry => entry.Post.Id));

        await _feed.PageAsync(_ann);
        await _feed.PageAsync(_ann);
        Assert.Equal(2, _builds);
    }

    [Fact]
    public async Task List_OldAndBeingBuilt_OthersGetItAsItIsAndWhatIsPushed()
    {
        var posts = await PostAsync(2);
        Assert.Equal(2, (await _feed.ReadAsync(_ann)).Count);
        GrowOld();
        IReadOnlyList<PostId> meanwhile = [];
        _duringABuild = () =>
        {
            _duringABuild = () => { };
            posts.AddRange(PostAsync(1).GetAwaiter().GetResult());
            _feed.DeliverAsync().GetAwaiter().GetResult();
            meanwhile = _feed.ReadIdsAsync(_ann).GetAwaiter().GetResult();
        };

        var built = await _feed.ReadIdsAsync(_ann);

        Assert.Equal(2, _builds);
        Assert.Equal(Enumerable.Reverse(posts), meanwhile);
        // a push while it was built is in it
        Assert.Equal(Enumerable.Reverse(posts), built);
        Assert.Equal(Enumerable.Reverse(posts), await _feed.ReadIdsAsync(_ann));
        Assert.Equal(2, _builds);
    }

    [Fact]
    public async Task List_BuildingItFails_ServesWhatThereIsAndTheNextReadTriesAgain()
    {
        var posts = await PostAsync(1);
        await _feed.ReadAsync(_ann);
        GrowOld();
        _duringABuild = () => throw new KilledException();
        Assert.Equal(posts, await _feed.ReadIdsAsync(_ann));
        _duringABuild = () => { };

        Assert.Equal(posts, await _feed.ReadIdsAsync(_ann));

        Assert.Equal(3, _builds);
    }

    [Fact]
    public async Task List_OldAndASourceDown_IsServedAsItIsAndBuiltWhenThatAnswers()
    {
        var posts = await PostAsync(1);
        await _feed.ReadAsync(_ann);
        GrowOld();
        _feed.Graph.ConnectionsDown = true;

        var page = await _feed.PageAsync(_ann);

        Assert.Equal(posts, page.Entries.Select(entry => entry.Post.Id));
        Assert.False(page.Rebuilding);
        Assert.Equal("connections", Assert.Single(page.Gaps).Source);
        Assert.Equal(1, _builds);
        _feed.Graph.ConnectionsDown = false;
        Assert.Equal(posts, await _feed.ReadIdsAsync(_ann));
        Assert.Equal(2, _builds);
    }

    [Fact]
    public async Task List_OlderThanTheListOfPulledPosts_IsBuiltAlsoWithALaterPage()
    {
        await PostAsync(30);
        var first = await _feed.PageAsync(_ann);
        _feed.Time.Advance(_feed.TimelineOptions.RefreshAfter * 2);

        Assert.Equal(10, (await _feed.PageAsync(_ann, first.NextPosition)).Entries.Count);

        Assert.Equal(2, _builds);
    }

    // all have been delivered long ago
    private void GrowOld() => _feed.Time.Advance(_feed.TimelineOptions.RefreshAfter);

    private async Task<List<PostId>> PostAsync(int count)
    {
        var posts = new List<PostId>();
        for (var number = 0; number < count; number++)
        {
            posts.Add((await _feed.PostAsync(_ben)).Id);
        }
        await _feed.DeliverAsync();
        return posts;
    }
}
