using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>
/// Random histories of follows, connections, blocks, mutes, posts, edits, deletions, deliveries, crashes and restarts, against the plainest
/// statement of what a home feed is: all posts, each with its reasons. At any moment nothing may be shown that is not there, and
/// once everything is delivered all of it is. A subclass says on which engines.
/// </summary>
public abstract class HomeFeedModel : IAsyncLifetime
{
    private const int Steps = 150;
    private static readonly string[] Tags = ["graphs", "music"];

    private readonly Dictionary<PostId, Post> _posts = [];
    private readonly List<string> _history = [];
    private string[] _members = [];
    private Random _random = new(0);

    /// <summary>So few that authors and hashtags have more and fewer followers all the time.</summary>
    protected static FanOutOptions FanOut { get; } = new() { ChunkSize = 2, PullAbove = 2 };

    private FeedHarness _feed = null!;

    public async ValueTask InitializeAsync() => _feed = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _feed?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected abstract Task<FeedHarness> OpenAsync();

    /// <summary>The stores themselves end without warning and come back, where they are of another process.</summary>
    protected virtual Task RestartStoresAsync() => Task.CompletedTask;

    protected static TheoryData<int, bool> Histories(int count)
    {
        var seeds = new TheoryData<int, bool>();
        for (var seed = 1; seed <= count; seed++)
        {
            seeds.Add(seed, true);
            seeds.Add(seed, false);
        }
        return seeds;
    }

    /// <param name="seed">Of the history.</param>
    /// <param name="readsAfterChanges">
    /// Whether members read after each change of their relations. Then all is there without a timeline being built anew for its
    /// age; otherwise changes may have left the numbers of sources as they were, which that finds.
    /// </param>
    protected async Task CompareAsync(int seed, bool readsAfterChanges)
    {
        _random = new Random(seed);
        _members =
        [
            .. new[] { "ann", "ben", "cid", "dan", "eve" }.Select(name =>
                _feed.Member($"{name}{seed}{readsAfterChanges}")
            ),
        ];
        _feed.ConnectionFacts.Begin();
        _feed.FollowFacts.Begin();
        for (var step = 0; step < Steps; step++)
        {
            if (step == Steps / 2)
            {
                await RestartStoresAsync();
            }
            var changed = await StepAsync();
            foreach (var member in readsAfterChanges ? changed : [])
            {
                await ReadAsync(member, isComplete: false);
            }
        }
        // the dead let go of what they had
        _feed.Time.Advance(_feed.FanOut.LeaseDuration);
        await _feed.DeliverAsync();
        foreach (var member in _members)
        {
            await ReadAsync(member, isComplete: true);
        }
    }

    /// <returns>Whose relations it changed.</returns>
    private async Task<string[]> StepAsync()
    {
        var (one, other) = (Pick(_members), Pick(_members));
        var entity = _random.Next(3) == 0 ? EntityRef.Hashtag(Pick(Tags)) : EntityRef.Member(other);
        var kind = _random.Next(100);
        if (one == other && kind < 52)
        {
            return [];
        }
        switch (kind)
        {
            case < 15:
                return Tell($"{one} follows {entity}", _feed.Graph.Follow, one, entity);
            case < 22:
                return Tell($"{one} unfollows {entity}", _feed.Graph.Unfollow, one, entity);
            case < 32:
                if (_feed.Graph.AreBlocked(one, other))
                {
                    return [];
                }
                return Tell($"{one} connects {other}", _feed.Graph.Connect, one, other);
            case < 38:
                return Tell($"{one} disconnects {other}", _feed.Graph.Disconnect, one, other);
            case < 41:
                return Tell($"{one} blocks {other}", _feed.Graph.Block, one, other);
            case < 44:
                return Tell($"{one} unblocks {other}", _feed.Graph.Unblock, one, other);
            case < 47:
                return Tell(
                    $"{one} mutes {entity}",
                    (who, what) => _feed.Graph.Mute(who, what),
                    one,
                    entity
                );
            case < 52:
                return Tell($"{one} unmutes {entity}", _feed.Graph.Unmute, one, entity);
            case < 70:
                var post = await _feed.PostAsync(one, NewText(), PickAudience());
                Note($"{one} posts {post.Id}: {post.Text}, {post.Audience}");
                _posts.Add(post.Id, post);
                return [];
            case < 76 when _posts.Count > 0:
                await EditAsync(Pick([.. _posts.Values]));
                return [];
            case < 80 when _posts.Count > 0:
                var gone = Pick([.. _posts.Values]);
                Note($"{gone.Id} is deleted");
                await _feed.PostsHandler.DeleteAsync(ActorOf(gone), gone.Id, default);
                _posts.Remove(gone.Id);
                return [];
            case < 88:
                Note("a delivery");
                await _feed.Delivery.RunOneAsync(default);
                return [];
            case < 91:
                await CrashAsync();
                return [];
            case < 92:
                Note("the timelines are lost");
                foreach (var member in _members)
                {
                    await _feed.Timelines.DeleteAsync(member, default);
                }
                return [];
            default:
                Note($"{one} reads");
                await ReadAsync(one, isComplete: false);
                return [];
        }
    }

    private string[] Tell(string what, Action<string, string> change, string one, string other)
    {
        Note(what);
        change(one, other);
        _feed.ConnectionFacts.Forget(one);
        _feed.ConnectionFacts.Forget(other);
        return [one, other];
    }

    private string[] Tell(
        string what,
        Action<string, EntityRef> change,
        string one,
        EntityRef entity
    )
    {
        Note(what);
        change(one, entity);
        _feed.FollowFacts.Forget(one);
        return [one];
    }

    private async Task EditAsync(Post post)
    {
        var edited = await _feed.PostsHandler.UpdateAsync(
            ActorOf(post),
            post.Id,
            new PostEdit(NewText(), PickAudience(), null),
            default
        );
        Note($"{post.Id} is edited: {edited.Text}, {edited.Audience}");
        _posts[post.Id] = edited;
        _feed.Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>A worker ends at some step of a job; the next process knows nothing of what was kept.</summary>
    private async Task CrashAsync()
    {
        var left = _random.Next(1, 6);
        void Check(string name)
        {
            if (--left <= 0)
            {
                throw new KilledException();
            }
        }
        (_feed.BeforePostStore, _feed.BeforeTimelineStore) = (Check, Check);
        try
        {
            await _feed.NewWorker().RunOneAsync(default);
            Note("a delivery, before the process ends");
        }
        catch (KilledException)
        {
            Note("the process ends within a delivery");
        }
        (_feed.BeforePostStore, _feed.BeforeTimelineStore) = (_ => { }, _ => { });
        _feed.Restart();
        if (_random.Next(2) == 0)
        {
            _feed.ConnectionFacts.Begin();
        }
        if (_random.Next(2) == 0)
        {
            _feed.FollowFacts.Begin();
        }
    }

    private async Task ReadAsync(string viewer, bool isComplete)
    {
        var expected = _posts
            .Values.OrderByDescending(post => post.Id)
            .Select(post => Describe(post, Reasons(viewer, post)))
            .Where(entry => entry.Length > 0)
            .ToList();
        var page = await _feed.ReadAsync(viewer, size: 7);
        var read = page.Select(entry => Describe(entry.Post, entry.Reasons)).ToList();
        var wrong = isComplete
            ? !read.SequenceEqual(expected)
            : !read.SequenceEqual(expected.Where(read.Contains));
        if (wrong)
        {
            Assert.Fail(
                $"{viewer} reads\n  {string.Join("\n  ", read)}\nexpected"
                    + $"{(isComplete ? "" : " at most")}\n  {string.Join("\n  ", expected)}\n"
                    + $"after\n  {string.Join("\n  ", _history)}"
            );
        }
    }

    private List<FeedReason> Reasons(string viewer, Post post)
    {
        var graph = _feed.Graph;
        var author = post.Author;
        var reasons = new List<FeedReason>();
        if (graph.DoesMute(viewer, author) || graph.AreBlocked(viewer, author.Id))
        {
            return reasons;
        }
        var isOwn = author.Id == viewer;
        var isConnected = graph.AreConnected(viewer, author.Id);
        if (post.Audience == PostAudience.Connections && !isOwn && !isConnected)
        {
            return reasons;
        }
        if (isOwn)
        {
            reasons.Add(new FeedReason(FeedReasonKind.Own, author));
        }
        if (isConnected)
        {
            reasons.Add(new FeedReason(FeedReasonKind.Connection, author));
        }
        if (graph.DoesFollow(viewer, author))
        {
            reasons.Add(new FeedReason(FeedReasonKind.Follow, author));
        }
        foreach (var tag in Tags.Where(tag => post.Text.Contains($"#{tag}")))
        {
            var hashtag = EntityRef.Hashtag(tag);
            if (graph.DoesFollow(viewer, hashtag) && !graph.DoesMute(viewer, hashtag))
            {
                reasons.Add(new FeedReason(FeedReasonKind.Hashtag, hashtag));
            }
        }
        return reasons;
    }

    /// <summary>Empty where there is no reason.</summary>
    private static string Describe(Post post, IReadOnlyCollection<FeedReason> reasons) =>
        reasons.Count == 0
            ? ""
            : $"{post.Id} r{post.Revision} {post.Text}: "
                + string.Join(
                    ", ",
                    reasons.Select(reason => $"{reason.Kind} {reason.Entity.Id}").Order()
                );

    private static PostActor ActorOf(Post post) => new(post.Author.Id, IsService: false);

    private string NewText() =>
        $"text {_random.Next(1000)}"
        + string.Concat(Tags.Where(_ => _random.Next(3) == 0).Select(tag => $" #{tag}"));

    private PostAudience PickAudience() =>
        _random.Next(3) == 0 ? PostAudience.Connections : PostAudience.Everyone;

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private void Note(string what) => _history.Add(what);
}
