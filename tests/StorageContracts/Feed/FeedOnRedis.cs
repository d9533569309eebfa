using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.Feed.Storage.Sqlite;
using Platform.Feed.Timelines;
using Platform.Feed.Watch;
using Platform.Storage.Redis;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>
/// The feed with its fan-out at work: posts on SQLite, timelines on a Redis that may fail, follows in memory. One author, whom
/// all <see cref="Followers"/> follow.
/// </summary>
public sealed class FeedOnRedis : IAsyncDisposable
{
    private const string Author = "author";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddMetrics()
        .BuildServiceProvider();
    private readonly FakeGraph _graph = new();
    private readonly SqlitePostStore _posts;
    private readonly CachedPosts _cachedPosts;
    private readonly PostsHandler _handler;
    private readonly HomeFeedHandler _feed;
    private readonly FanOutWorker _worker;
    private readonly List<PostId> _published = [];

    private FeedOnRedis(string connectionString, int followers)
    {
        var time = TimeProvider.System;
        var metrics = new FeedMetrics(_services.GetRequiredService<IMeterFactory>());
        var options = new RedisOptions
        {
            ConnectionString = connectionString,
            KeyPrefix = $"{Guid.NewGuid():n}:",
        };
        Redis = new RedisConnection(Options.Create(options), NullLoggerFactory.Instance);
        var timelineOptions = Options.Create(new TimelineOptions());
        Timelines = new RedisTimelineStore(Redis, timelineOptions, time);
        _posts = new SqlitePostStore(_folder.File("posts.db"));
        var signal = new FanOutSignal();
        var ids = new PostIdGenerator(time);
        var node = new PostIdNode(_posts, ids, Options.Create(new PostOptions()), time);
        var changes = new RedisPostChanges(Redis);
        _handler = new PostsHandler(
            _posts,
            ids,
            new PostIdStart(_posts, ids, node, NullLogger<PostIdStart>.Instance),
            _graph,
            signal,
            changes,
            time
        );
        var sourceOptions = Options.Create(new SourceOptions());
        var connections = new CachedConnections(
            _graph,
            new ToldFacts<ConnectionFacts>(sourceOptions)
        );
        var follows = new CachedFollows(_graph, new ToldFacts<FollowFacts>(sourceOptions), time);
        var unpushed = new UnpushedPosts(_posts, timelineOptions, time);
        var builder = new TimelineBuilder(
            Timelines,
            _posts,
            connections,
            follows,
            unpushed,
            metrics,
            timelineOptions,
            time
        );
        _cachedPosts = new CachedPosts(_posts, changes, Options.Create(new PostOptions()), time);
        _feed = new HomeFeedHandler(
            builder,
            _posts,
            _cachedPosts,
            connections,
            follows,
            new RememberedViews(sourceOptions),
            time
        );
        var fanOut = Options.Create(
            new FanOutOptions
            {
                ChunkSize = 100,
                PollInterval = TimeSpan.FromMilliseconds(50),
                FirstPause = TimeSpan.FromMilliseconds(50),
                LongestPause = TimeSpan.FromMilliseconds(200),
            }
        );
        var deliveries = new DeliveryHandler(
            _posts,
            Timelines,
            _graph,
            _graph,
            unpushed,
            new WatchedFeeds(
                Timelines,
                Options.Create(new WatchOptions()),
                time,
                NullLogger<WatchedFeeds>.Instance
            ),
            metrics,
            fanOut,
            time,
            NullLogger<DeliveryHandler>.Instance
        );
        _worker = new FanOutWorker(
            deliveries,
            signal,
            fanOut,
            time,
            NullLogger<FanOutWorker>.Instance
        );
        Followers = [.. Enumerable.Range(0, followers).Select(number => $"f{number}")];
    }

    public RedisConnection Redis { get; }

    public ITimelineStore Timelines { get; }

    public IReadOnlyList<string> Followers { get; }

    /// <summary>Starts it, with an empty timeline for each follower.</summary>
    public static async Task<FeedOnRedis> StartAsync(string connectionString, int followers)
    {
        var feed = new FeedOnRedis(connectionString, followers);
        foreach (var follower in feed.Followers)
        {
            feed._graph.Follow(follower, Author);
            await feed.ReadAsync(follower);
        }
        await feed._worker.StartAsync(None);
        return feed;
    }

    public async Task<PostId> PublishAsync()
    {
        var draft = new PostDraft(
            EntityRef.Member(Author),
            PostKind.Post,
            "text",
            PostAudience.Everyone,
            null,
            null
        );
        var post = await _handler.CreateAsync(draft, None);
        _published.Add(post.Id);
        return post.Id;
    }

    /// <summary>Publishes, but no more than <paramref name="most"/>, until something has happened.</summary>
    public async Task PublishUntilAsync(string awaited, Func<Task<bool>> condition, int most = 60)
    {
        var published = 0;
        await Eventually.HoldsAsync(
            awaited,
            async () =>
            {
                if (published++ < most)
                {
                    await PublishAsync();
                }
                return await condition();
            },
            TimeSpan.FromSeconds(60)
        );
    }

    /// <summary>Whether a delivery waits because Redis did not answer.</summary>
    public async Task<bool> IsRetryingAsync() =>
        (await _posts.GetBacklogAsync(None)).RetryingPosts > 0;

    public async Task<int> RetriesOfAsync(PostId post) =>
        (int)(await _posts.GetRecordAsync(post, None))!.Job.RetryCount;

    /// <summary>
    /// Each acknowledged post is in each timeline and is read once; what the deliveries counted is what the timelines hold.
    /// </summary>
    public async Task AssertAllDeliveredAsync()
    {
        await Eventually.HoldsAsync(
            "every post is delivered",
            async () => (await _posts.GetBacklogAsync(None)).PendingPosts == 0,
            TimeSpan.FromSeconds(90)
        );
        var expected = _published.OrderDescending().ToList();
        foreach (var follower in Followers)
        {
            Assert.Equal(expected, (await Timelines.ReadAsync(follower, None))!.Newest());
        }
        Assert.Equal(expected, await ReadAsync(Followers[0]));
        Assert.Equal(expected, await ReadAsync(Followers[^1]));
        foreach (var post in _published)
        {
            var job = (await _posts.GetRecordAsync(post, None))!.Job;
            Assert.Equal(DeliveryState.Delivered, job.State);
            // the author, who never read, is processed too
            Assert.Equal(new DeliveryCounts(Followers.Count + 1, Followers.Count), job.Counts);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync(None);
        _worker.Dispose();
        await Redis.DisposeAsync();
        _cachedPosts.Dispose();
        _posts.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<List<PostId>> ReadAsync(string viewer)
    {
        var ids = new List<PostId>();
        string? position = null;
        do
        {
            var page = await _feed.ListAsync(
                new HomeFeedQuery(viewer, FeedOrder.Recent, 50, position),
                None
            );
            ids.AddRange(page.Entries.Select(entry => entry.Post.Id));
            position = page.NextPosition;
        } while (position is not null);
        return ids;
    }
}
