using Platform.Feed.HomeFeed;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>Timelines that take long to build: nobody waits for ever, and nothing is begun twice.</summary>
public sealed class TimelineBuildsTests : IDisposable
{
    private static readonly BuiltTimeline Built = new([], null, Rebuilding: false);

    private readonly TaskCompletionSource _listed = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly FeedHarness _feed;
    private readonly string _ann;
    private readonly string _ben;
    private int _builds;

    public TimelineBuildsTests(GarnetFixture garnet)
    {
        _feed = new FeedHarness(garnet);
        (_ann, _ben) = (_feed.Member("ann"), _feed.Member("ben"));
        _feed.Graph.Follow(_ann, _ben);
        _feed.BeforePostStore = name =>
            _builds += name == nameof(IPostStore.ListRecentIdsAsync) ? 1 : 0;
    }

    public void Dispose() => _feed.Dispose();

    [Fact]
    public async Task List_BackAfterAbsenceAndBuildingTakesLong_IsMarkedAndWholeOnceItIsBuilt()
    {
        var post = await _feed.PostAsync(_ben);
        _feed.Graph.BeforeListed = _listed.Task;

        var page = await AfterTheWaitAsync(_feed.PageAsync(_ann));
        Assert.True(page.Rebuilding);
        Assert.Empty(page.Entries);
        // whoever asks again waits for the same
        page = await AfterTheWaitAsync(_feed.PageAsync(_ann));
        Assert.True(page.Rebuilding);
        _listed.SetResult();

        await Eventually.HoldsAsync(
            "the timeline is built",
            async () => (await _feed.Timelines.InspectAsync(_ann, default))?.Mark is not null
        );
        page = await _feed.PageAsync(_ann);
        Assert.False(page.Rebuilding);
        Assert.Equal(post.Id, Assert.Single(page.Entries).Post.Id);
        Assert.Equal(1, _builds);
    }

    [Fact]
    public async Task Build_RunsWithoutTheContextOfItsReader()
    {
        // the clients of other services take the deadline and the end of the call being served from it
        var ofCall = new AsyncLocal<string> { Value = "a call" };
        string? seen = "";

        var (build, _) = new TimelineBuilds().JoinOrBegin(
            _ann,
            () =>
            {
                seen = ofCall.Value;
                return Task.FromResult(Built);
            }
        );
        await build;

        Assert.Null(seen);
    }

    [Fact]
    public async Task List_SourcesChangedAndBuildingTakesLong_ShowsWhatIsThereMarked()
    {
        var post = await _feed.PostAsync(_ben);
        Assert.Single(await _feed.ReadAsync(_ann));
        _feed.Graph.Follow(_ann, _feed.Member("cid"));
        _feed.Graph.BeforeListed = _listed.Task;

        var page = await AfterTheWaitAsync(_feed.PageAsync(_ann));

        Assert.True(page.Rebuilding);
        Assert.Equal(post.Id, Assert.Single(page.Entries).Post.Id);
        _listed.SetResult();
    }

    [Fact]
    public async Task List_OldAndBuildingTakesLong_ShowsWhatIsThereAsItIsWhole()
    {
        var post = await _feed.PostAsync(_ben);
        await _feed.DeliverAsync();
        Assert.Single(await _feed.ReadAsync(_ann));
        _feed.Time.Advance(_feed.TimelineOptions.RefreshAfter);
        _feed.Graph.BeforeListed = _listed.Task;

        var page = await AfterTheWaitAsync(_feed.PageAsync(_ann));

        Assert.False(page.Rebuilding);
        Assert.Equal(post.Id, Assert.Single(page.Entries).Post.Id);
        _listed.SetResult();
    }

    [Fact]
    public async Task List_FollowsWhileABuildIsUnderWay_SeesTheNewSourceToo()
    {
        var first = await _feed.PostAsync(_ben);
        var cid = _feed.Member("cid");
        var second = await _feed.PostAsync(cid);
        _feed.Graph.BeforeListed = _listed.Task;
        var before = _feed.PageAsync(_ann);
        await Eventually.HoldsAsync(
            "the build has learned whom she follows",
            () => Task.FromResult(_feed.Graph.Listings == 1)
        );
        _feed.Graph.Follow(_ann, cid);
        var calls = _feed.Graph.Calls;
        var after = _feed.PageAsync(_ann);
        await Eventually.HoldsAsync(
            "the second reader has counted the sources, and waits for the build",
            () => Task.FromResult(_feed.Graph.Calls >= calls + 2)
        );
        _listed.SetResult();

        Assert.False((await before).Rebuilding);
        Assert.Equal([second.Id, first.Id], (await after).Entries.Select(entry => entry.Post.Id));
    }

    [Fact]
    public async Task TryRefresh_ManyAtOnce_SomeHaveToWait()
    {
        var builds = new TimelineBuilds();
        var ends = Enumerable
            .Range(0, TimelineBuilds.MostRefreshes)
            .Select(_ => new TaskCompletionSource<BuiltTimeline>())
            .ToList();
        var running = ends.Select(
                (end, number) => builds.TryRefresh($"reader{number}", () => end.Task)
            )
            .ToList();
        Assert.DoesNotContain(null, running);
        Assert.Null(builds.TryRefresh("one more", () => Task.FromResult(Built)));
        // not so who needs one at once
        Assert.True(builds.JoinOrBegin("in need", () => Task.FromResult(Built)).IsOwn);

        ends[0].SetResult(Built);
        await running[0]!;

        // the place is free again, but not for one whose timeline is being built
        Assert.Null(builds.TryRefresh("reader1", () => Task.FromResult(Built)));
        Assert.False(builds.JoinOrBegin("reader1", () => Task.FromResult(Built)).IsOwn);
        Assert.NotNull(builds.TryRefresh("one more", () => Task.FromResult(Built)));
        ends.ForEach(end => end.TrySetResult(Built));
    }

    [Fact]
    public async Task JoinOrBegin_AfterAFailure_BeginsAnew()
    {
        var builds = new TimelineBuilds();
        var (failed, _) = builds.JoinOrBegin(
            "reader",
            () => Task.FromException<BuiltTimeline>(new KilledException())
        );
        await Assert.ThrowsAsync<KilledException>(() => failed);

        Assert.True(builds.JoinOrBegin("reader", () => Task.FromResult(Built)).IsOwn);
    }

    // the clock moves on as often as it takes until the reader waits
    private async Task<HomeFeedPage> AfterTheWaitAsync(Task<HomeFeedPage> reading)
    {
        await Eventually.HoldsAsync(
            "the reader waits no longer",
            () =>
            {
                _feed.Time.Advance(_feed.TimelineOptions.BuildWait);
                return Task.FromResult(reading.IsCompleted);
            }
        );
        return await reading;
    }
}
