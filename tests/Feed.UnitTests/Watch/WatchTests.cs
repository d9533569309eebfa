using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Watch;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests.Watch;

/// <summary>Streams of home feeds whose sources and stores fail, on a clock that the tests move.</summary>
public sealed class WatchTests(GarnetFixture garnet) : IDisposable
{
    private readonly FeedHarness _feed = new(garnet);
    private readonly CancellationTokenSource _enough = new();

    private string Ann => _feed.Member("ann");

    private string Ben => _feed.Member("ben");

    public void Dispose()
    {
        _enough.Dispose();
        _feed.Dispose();
    }

    [Fact]
    public async Task Watch_NothingHappens_SendsHeartbeatsInTime()
    {
        var watch = Open(Ann);
        await watch.HoldsAsync("the first heartbeat", () => watch.Sent.Count == 1);
        var begun = _feed.Time.GetUtcNow();

        await watch.HoldsAsync("the second heartbeat", () => watch.Sent.Count == 2);

        Assert.InRange(
            _feed.Time.GetUtcNow() - begun,
            TimeSpan.FromSeconds(9),
            TimeSpan.FromSeconds(15)
        );
    }

    [Fact]
    public async Task Watch_PushedByThisProcess_ComesWithoutWaitingForTheNextReading()
    {
        _feed.Graph.Follow(Ann, Ben);
        var watch = Open(Ann);
        await watch.HoldsAsync("the stream is in place", () => watch.Sent.Count > 0);
        var begun = _feed.Time.GetUtcNow();
        var post = await _feed.PostAsync(Ben);
        await _feed.DeliverAsync();

        // the clock of PostAsync itself moved by a second
        await watch.HoldsAsync(
            "the post",
            () => watch.Changes.Count == 1,
            step: TimeSpan.FromMilliseconds(10)
        );

        Assert.Equal(post.Id, watch.Changes[0].PostId);
        Assert.InRange(
            _feed.Time.GetUtcNow() - begun,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1.9)
        );
    }

    [Fact]
    public async Task Watch_ConnectionsDown_OnlyWhatIsProvedComesAndNothingLeaves()
    {
        _feed.Graph.Connect(Ann, Ben);
        // whose posts are delivered without connections
        var company = new EntityRef(Platform.Feed.Posts.EntityKind.Company, _feed.Member("acme"));
        _feed.Graph.Follow(Ann, company);
        var old = await _feed.PostAsync(Ben);
        await _feed.ReadAsync(Ann);
        var watch = Open(Ann);
        await watch.HoldsAsync("the stream is in place", () => watch.Sent.Count > 0);

        _feed.Graph.ConnectionsDown = true;
        await _feed.PostsHandler.DeleteAsync(new PostActor(Ben, IsService: false), old.Id, default);
        var unproved = await _feed.PostAsync(Ben, audience: PostAudience.Connections);
        var proved = await _feed.PostsHandler.CreateAsync(
            new PostDraft(company, PostKind.Post, "news", PostAudience.Everyone, null, null),
            default
        );

        await watch.HoldsAsync("what is proved", () => watch.Changes.Count > 0);
        Assert.Equal([proved.Id], watch.Changes.Select(change => change.PostId));

        _feed.Graph.ConnectionsDown = false;

        await watch.HoldsAsync("the rest", () => watch.Changes.Count == 3);
        Assert.Equal(
            [(proved.Id, true), (old.Id, false), (unproved.Id, true)],
            watch.Changes.Select(change => (change.PostId, change.Entry is not null))
        );
    }

    [Fact]
    public async Task Watch_StoreAwayForAWhile_GoesOnWithNothingMissed()
    {
        _feed.Graph.Follow(Ann, Ben);
        var watch = Open(Ann);
        await watch.HoldsAsync("the stream is in place", () => watch.Sent.Count > 0);
        _feed.BeforeTimelineStore = _ =>
            throw new DomainException(ErrorReason.StoreUnavailable, "Away.");
        var post = await _feed.PostAsync(Ben);
        await watch.HoldsAsync("a sign of life meanwhile", () => watch.Sent.Count > 1);
        Assert.Empty(watch.Changes);

        _feed.BeforeTimelineStore = _ => { };

        await watch.HoldsAsync("the post", () => watch.Changes.Count == 1);
        Assert.Equal(post.Id, watch.Changes[0].PostId);
    }

    [Fact]
    public async Task Watch_NothingAnswersAtTheBeginning_IsRefused()
    {
        _feed.Graph.ConnectionsDown = true;
        _feed.Graph.FollowsDown = true;

        var refusal = await Assert.ThrowsAsync<DomainException>(() => Open(Ann).Task);

        Assert.Equal(ErrorReason.DependencyUnavailable, refusal.Reason);
        Assert.Equal(0, _feed.Watched.Count);
    }

    [Fact]
    public async Task Watch_ReaderTakesNothing_IsDroppedAndResumes()
    {
        _feed.Graph.Follow(Ann, Ben);
        var watch = Open(Ann);
        await watch.HoldsAsync("the stream is in place", () => watch.Sent.Count > 0);
        var cursor = watch.Sent[^1].Cursor;
        watch.Blocked = new TaskCompletionSource();
        var post = await _feed.PostAsync(Ben);

        await watch.HoldsAsync("the end of the stream", () => watch.Task.IsCompleted);

        var refusal = await Assert.ThrowsAsync<DomainException>(() => watch.Task);
        Assert.Equal(ErrorReason.SlowConsumer, refusal.Reason);
        Assert.Equal(0, _feed.Watched.Count);
        var resumed = Open(Ann, cursor);
        await resumed.HoldsAsync("the post", () => resumed.Changes.Count == 1);
        Assert.Equal(post.Id, resumed.Changes[0].PostId);
    }

    [Fact]
    public async Task Watch_MoreCameWhileAwayThanAPageHolds_AllOfThemAreSentInOrder()
    {
        _feed.Graph.Follow(Ann, Ben);
        var watch = Open(Ann);
        await watch.HoldsAsync("the stream is in place", () => watch.Sent.Count > 0);
        var cursor = watch.Sent[^1].Cursor;
        var posts = new List<PostId>();
        for (var number = 0; number < 230; number++)
        {
            posts.Add((await _feed.PostAsync(Ben)).Id);
        }
        await _feed.DeliverAsync();

        var resumed = Open(Ann, cursor);

        await resumed.HoldsAsync("all posts", () => resumed.Changes.Count >= posts.Count);
        Assert.Equal(posts, resumed.Changes.Select(change => change.PostId));
        // in the midst of it too
        var rest = Open(Ann, resumed.Sent[99].Cursor);
        await rest.HoldsAsync("the rest", () => rest.Changes.Count >= 130);
        Assert.Equal(posts[100..], rest.Changes.Select(change => change.PostId));
    }

    [Fact]
    public async Task Watch_CursorOfAnotherOrOfTheFutureOrOld_IsRefused()
    {
        var now = _feed.Time.GetUtcNow();
        foreach (
            var (cursor, reason) in new (WatchCursor, ErrorReason)[]
            {
                (Cursor(Ben, now), ErrorReason.InvalidCursor),
                (Cursor(Ann, now + TimeSpan.FromMinutes(2)), ErrorReason.InvalidCursor),
                (
                    Cursor(Ann, now) with
                    {
                        Told = [new(PostId.Newest, 1)],
                    },
                    ErrorReason.InvalidCursor
                ),
                (Cursor(Ann, now - TimeSpan.FromDays(8)), ErrorReason.CursorExpired),
            }
        )
        {
            var refusal = await Assert.ThrowsAsync<DomainException>(() =>
                Open(Ann, cursor.ToString()).Task
            );
            Assert.Equal(reason, refusal.Reason);
        }
    }

    [Fact]
    public async Task Watch_MoreStreamsThanAMemberMayHave_IsRefused()
    {
        var open = Enumerable.Range(0, 32).Select(_ => Open(Ann)).ToList();
        await open[^1].HoldsAsync("all are open", () => _feed.Watched.Count == 32);

        var refusal = await Assert.ThrowsAsync<DomainException>(() => Open(Ann).Task);

        Assert.Equal(ErrorReason.RateLimited, refusal.Reason);
        var other = Open(Ben);
        await other.HoldsAsync("another member's", () => other.Sent.Count > 0);
        await _enough.CancelAsync();
        await Eventually.HoldsAsync(
            "none is left",
            () => Task.FromResult(_feed.Watched.Count == 0)
        );
    }

    private static WatchCursor Cursor(string viewer, DateTimeOffset time) =>
        new(CursorKey.Of(viewer), time, default, []);

    private OpenWatch Open(string viewer, string cursor = "") =>
        new(_feed, viewer, cursor, _enough.Token);

    private sealed class OpenWatch
    {
        private readonly FeedHarness _feed;
        private readonly List<WatchEvent> _sent = [];

        public OpenWatch(FeedHarness feed, string viewer, string cursor, CancellationToken enough)
        {
            _feed = feed;
            Task = System.Threading.Tasks.Task.Run(
                () => feed.Watch.WatchAsync(viewer, cursor, SendAsync, enough),
                CancellationToken.None
            );
        }

        public Task Task { get; }

        /// <summary>Holds up what is sent.</summary>
        public TaskCompletionSource? Blocked { get; set; }

        public IReadOnlyList<WatchEvent> Sent
        {
            get
            {
                lock (_sent)
                {
                    return [.. _sent];
                }
            }
        }

        public IReadOnlyList<FeedChange> Changes =>
            [.. Sent.Select(sent => sent.Change).OfType<FeedChange>()];

        /// <summary>Lets the workers work and the clock go until it holds.</summary>
        public Task HoldsAsync(string awaited, Func<bool> condition, TimeSpan? step = null) =>
            Eventually.HoldsAsync(
                awaited,
                async () =>
                {
                    if (condition())
                    {
                        return true;
                    }
                    await _feed.DeliverAsync();
                    _feed.Time.Advance(step ?? TimeSpan.FromMilliseconds(500));
                    return false;
                }
            );

        private Task SendAsync(WatchEvent sent)
        {
            if (Blocked is { } blocked)
            {
                return blocked.Task;
            }
            lock (_sent)
            {
                _sent.Add(sent);
            }
            return System.Threading.Tasks.Task.CompletedTask;
        }
    }
}
