using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Feed.FanOut;
using Platform.Feed.HomeFeed;
using Platform.Feed.Operations;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.Feed.Storage.Sqlite;
using Platform.Feed.Timelines;
using Platform.Feed.Watch;
using Platform.Storage.Redis;
using Platform.Testing;

namespace Platform.Tests.Feed.UnitTests.Support;

/// <summary>The feed on SQLite and Garnet with a graph in memory and a clock that stands still until it is moved.</summary>
public sealed class FeedHarness : IDisposable
{
    private static int _harnesses;

    private readonly string _prefix = $"h{Interlocked.Increment(ref _harnesses)}-";
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddMetrics()
        .BuildServiceProvider();
    private readonly RedisConnection _redis;
    private readonly Func<TemporaryFolder, IPostStore> _openStore;
    private readonly FeedMetrics _metrics;
    private IPostStore? _store;
    private CachedPosts? _cachedPosts;

    public FeedHarness(
        GarnetFixture garnet,
        FanOutOptions? fanOut = null,
        TimelineOptions? timelineOptions = null
    )
        : this(
            garnet.Redis,
            folder => new SqlitePostStore(folder.File("posts.db")),
            fanOut,
            timelineOptions
        ) { }

    /// <param name="openStore">Opens the posts, anew with each <see cref="Restart"/>.</param>
    public FeedHarness(
        RedisConnection redis,
        Func<TemporaryFolder, IPostStore> openStore,
        FanOutOptions? fanOut = null,
        TimelineOptions? timelineOptions = null
    )
    {
        (_redis, _openStore) = (redis, openStore);
        FanOut = fanOut ?? new FanOutOptions { ChunkSize = 2 };
        TimelineOptions = timelineOptions ?? new TimelineOptions();
        _metrics = new FeedMetrics(_services.GetRequiredService<IMeterFactory>());
        Restart();
    }

    public FakeTimeProvider Time { get; } =
        new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public FakeGraph Graph { get; } = new();

    /// <summary>Keeps nothing until a test begins to tell it of changes.</summary>
    public ToldFacts<ConnectionFacts> ConnectionFacts { get; private set; } = null!;

    /// <summary>The same of follows.</summary>
    public ToldFacts<FollowFacts> FollowFacts { get; private set; } = null!;

    public FanOutOptions FanOut { get; }

    public TimelineOptions TimelineOptions { get; }

    public IPostStore Posts { get; private set; } = null!;

    public ITimelineStore Timelines { get; private set; } = null!;

    public UnpushedPosts Unpushed { get; private set; } = null!;

    public PostIdGenerator Ids { get; private set; } = null!;

    public PostsHandler PostsHandler { get; private set; } = null!;

    public HomeFeedHandler Feed { get; private set; } = null!;

    public WatchedFeeds Watched { get; private set; } = null!;

    public WatchHandler Watch { get; private set; } = null!;

    public RebuildHandler Rebuild { get; private set; } = null!;

    public VerifyHandler Verify { get; private set; } = null!;

    public DeliveryHandler Delivery { get; private set; } = null!;

    public Action<string> BeforePostStore { get; set; } = _ => { };

    public Action<string> BeforePostChanges { get; set; } = _ => { };

    public Action<string> BeforeTimelineStore { get; set; } = _ => { };

    /// <summary>The process begins, knowing nothing but what is stored.</summary>
    public void Restart()
    {
        (_store as IDisposable)?.Dispose();
        _store = _openStore(_folder);
        Posts = FaultProxy.Around(_store, name => BeforePostStore(name));
        Timelines = FaultProxy.Around<ITimelineStore>(
            new RedisTimelineStore(_redis, Options.Create(TimelineOptions), Time),
            name => BeforeTimelineStore(name)
        );
        ConnectionFacts = new(Options.Create(new SourceOptions()));
        FollowFacts = new(Options.Create(new SourceOptions()));
        Ids = new PostIdGenerator(Time);
        var changes = FaultProxy.Around<IPostChanges>(
            new RedisPostChanges(_redis),
            name => BeforePostChanges(name)
        );
        PostsHandler = new PostsHandler(
            Posts,
            Ids,
            new PostIdStart(
                Posts,
                Ids,
                // a number of its own, also beside the ones that ended without giving theirs back
                new PostIdNode(_store, Ids, Options.Create(new PostOptions()), Time),
                NullLogger<PostIdStart>.Instance
            ),
            Graph,
            new FanOutSignal(),
            changes,
            Time
        );
        Unpushed = new UnpushedPosts(Posts, Options.Create(TimelineOptions), Time);
        var connections = new CachedConnections(Graph, ConnectionFacts);
        var follows = new CachedFollows(Graph, FollowFacts, Time);
        var builder = new TimelineBuilder(
            Timelines,
            Posts,
            connections,
            follows,
            Unpushed,
            _metrics,
            Options.Create(TimelineOptions),
            Time
        );
        _cachedPosts?.Dispose();
        _cachedPosts = new CachedPosts(Posts, changes, Options.Create(new PostOptions()), Time);
        Feed = new HomeFeedHandler(
            builder,
            Posts,
            _cachedPosts,
            connections,
            follows,
            new RememberedViews(Options.Create(new SourceOptions())),
            Time
        );
        var watchOptions = Options.Create(new WatchOptions());
        Watched?.Dispose();
        Watched = new WatchedFeeds(
            Timelines,
            watchOptions,
            Time,
            NullLogger<WatchedFeeds>.Instance
        );
        Watch = new WatchHandler(Feed, Watched, watchOptions, Time, NullLoggerFactory.Instance);
        var walk = new TimelineWalk(Timelines, Options.Create(new OperationOptions()), Time);
        Rebuild = new RebuildHandler(walk, builder);
        Verify = new VerifyHandler(
            walk,
            builder,
            Timelines,
            Posts,
            Options.Create(TimelineOptions)
        );
        Delivery = NewWorker();
    }

    /// <summary>A member of this test alone.</summary>
    public string Member(string name) => _prefix + name;

    /// <summary>A worker as another process would have.</summary>
    public DeliveryHandler NewWorker() =>
        new(
            Posts,
            Timelines,
            Graph,
            Graph,
            Unpushed,
            Watched,
            _metrics,
            Options.Create(FanOut),
            Time,
            NullLogger<DeliveryHandler>.Instance
        );

    /// <summary>Publishes; the clock moves on by a second.</summary>
    public async Task<Post> PostAsync(
        string member,
        string text = "hello",
        PostAudience audience = PostAudience.Everyone
    )
    {
        var post = await PostsHandler.CreateAsync(
            new PostDraft(EntityRef.Member(member), PostKind.Post, text, audience, null, null),
            default
        );
        Time.Advance(TimeSpan.FromSeconds(1));
        return post;
    }

    /// <summary>Works until nothing is due.</summary>
    public async Task DeliverAsync()
    {
        while (await Delivery.RunOneAsync(default)) { }
    }

    public Task<HomeFeedPage> PageAsync(
        string viewer,
        string? position = null,
        int size = 20,
        FeedOrder order = FeedOrder.Recent
    ) => Feed.ListAsync(new HomeFeedQuery(viewer, order, size, position), default);

    /// <summary>All pages.</summary>
    public async Task<IReadOnlyList<FeedEntry>> ReadAsync(
        string viewer,
        int size = 20,
        FeedOrder order = FeedOrder.Recent
    )
    {
        var entries = new List<FeedEntry>();
        string? position = null;
        do
        {
            var page = await PageAsync(viewer, position, size, order);
            entries.AddRange(page.Entries);
            position = page.NextPosition;
        } while (position is not null);
        return entries;
    }

    public async Task<IReadOnlyList<PostId>> ReadIdsAsync(string viewer) =>
        [.. (await ReadAsync(viewer)).Select(entry => entry.Post.Id)];

    public void Dispose()
    {
        Watched.Dispose();
        _cachedPosts?.Dispose();
        (_store as IDisposable)?.Dispose();
        _services.Dispose();
        _folder.Dispose();
    }
}
