using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>What <see cref="IPostStore"/> promises, for every engine.</summary>
public abstract partial class PostStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private static readonly EntityRef Ann = EntityRef.Member("ann");
    private static readonly EntityRef Ben = EntityRef.Member("ben");

    private long _lastId;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The store on the data of this test; a second call opens the same data, as a restart or another replica would.</summary>
    protected abstract IPostStore Open();

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Create_ThenReopened_EverythingIsKept()
    {
        var post = NewPost(Ann, "on #b and #a", PostAudience.Connections, ["b", "a"]);
        Assert.Equal(CreateStatus.Created, (await Open().CreateAsync(post, null, Token)).Status);
        var record = await Open().GetRecordAsync(post.Id, Token);
        AssertSame(post, record!.Post);
        Assert.Null(record.DeleteTime);
        Assert.Equal(DeliveryState.Open, record.Job.State);
        Assert.Equal(post.Id, await Open().GetLargestIdAsync(Token));
    }

    [Fact]
    public async Task Create_ProfileUpdateWithoutText_IsKept()
    {
        var post = NewPost(Ann, "") with
        {
            Kind = PostKind.ProfileUpdate,
            ProfileChange = ProfileChangeKind.Promotion,
        };
        await Open().CreateAsync(post, null, Token);
        AssertSame(post, (await Open().GetAsync(post.Id, Token))!);
    }

    [Theory]
    [InlineData("$revision")]
    [InlineData("{ \"$gt\": 1 } and '; DROP TABLE posts; --")]
    [InlineData("\u0000 \u2028 🙂")]
    public async Task CreateAndUpdate_TextThatLooksLikeCode_IsTextOnly(string text)
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, text));
        Assert.Equal(text, (await store.GetAsync(post.Id, Token))!.Text);
        var change = new PostChange(text + text, [], PostAudience.Everyone, Start, false);
        Assert.Equal(
            UpdateStatus.Updated,
            await store.UpdateAsync(post.Id, 1, change, null, Token)
        );
        Assert.Equal(text + text, (await store.GetAsync(post.Id, Token))!.Text);
    }

    [Fact]
    public async Task Create_SameRequestIdAtOnceInSeveralProcesses_StoresOneAndAllLearnIt()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        var key = new RequestKey("r", "f");
        var drafts = Enumerable.Range(0, 16).Select(_ => NewPost(Ann, "#t", tags: ["t"])).ToList();
        var outcomes = await Race.RunAsync(
            drafts.Count,
            n => stores[n % 4].CreateAsync(drafts[n], key, Token)
        );
        Assert.Single(outcomes, outcome => outcome.Status == CreateStatus.Created);
        var id = Assert.Single(outcomes.Select(outcome => outcome.Post!.Id).Distinct());
        var store = Open();
        Assert.Equal(
            id,
            Assert.Single(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token)).Id
        );
        Assert.Equal(new DeliveryBacklog(1, 0, Start), await store.GetBacklogAsync(Token));
        Assert.Equal(
            CreateStatus.RequestIdReused,
            (await store.CreateAsync(NewPost(Ann), new RequestKey("r", "other"), Token)).Status
        );
        Assert.Equal(
            CreateStatus.Created,
            (await store.CreateAsync(NewPost(Ben), key, Token)).Status
        );
    }

    [Fact]
    public async Task Create_IdTaken_IsRefusedAndTheFirstStays()
    {
        var store = Open();
        var first = await CreateAsync(store, NewPost(Ann, "first"));
        var second = NewPost(Ann, "second") with { Id = first.Id };
        Assert.Equal(
            new CreateOutcome(CreateStatus.IdTaken, null),
            await store.CreateAsync(second, new RequestKey("r", "f"), Token)
        );
        AssertSame(first, (await store.GetAsync(first.Id, Token))!);
        Assert.Equal(
            CreateStatus.Created,
            (await store.CreateAsync(NewPost(Ann), new RequestKey("r", "f"), Token)).Status
        );
    }

    [Fact]
    public async Task Create_ReplyLost_RepeatedOnAFreshStore_IsTheSamePostWithOneJob()
    {
        // the write happened; the process died before it could say so
        var lost = NewPost(Ann, "#t", tags: ["t"]);
        var key = new RequestKey("r", "f");
        var dying = LostReplyProxy.Around(Open(), nameof(IPostStore.CreateAsync));
        await Assert.ThrowsAsync<KilledException>(() => dying.CreateAsync(lost, key, Token));

        var store = Open();
        var repeated = await store.CreateAsync(NewPost(Ann, "#t", tags: ["t"]), key, Token);

        Assert.Equal(CreateStatus.Repeated, repeated.Status);
        AssertSame(lost, repeated.Post!);
        Assert.Single(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token));
        Assert.Equal(
            [lost.Id],
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("t"), false)], 9, Token)
        );
        var lease = await store.LeaseJobAsync(Start, Start + Lease, Token);
        Assert.Equal(lost.Id, lease!.Job.PostId);
        Assert.Null(await store.LeaseJobAsync(Start, Start + Lease, Token));
    }

    [Fact]
    public async Task HandlersCreate_KilledBeforeTheReply_TheRetryAnswersTheSamePost()
    {
        var draft = new PostDraft(
            Ann,
            PostKind.Post,
            "hello #t",
            PostAudience.Everyone,
            null,
            new RequestKey("r", "f")
        );
        var dying = await NewHandlerAsync(
            LostReplyProxy.Around(Open(), nameof(IPostStore.CreateAsync))
        );
        await Assert.ThrowsAsync<KilledException>(() => dying.CreateAsync(draft, Token));
        var restarted = await NewHandlerAsync(Open());

        var first = await restarted.CreateAsync(draft, Token);
        var second = await restarted.CreateAsync(draft, Token);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(
            first.Id,
            Assert.Single(await Open().ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token)).Id
        );
        Assert.Equal(1, (await Open().GetBacklogAsync(Token)).PendingPosts);
    }

    [Fact]
    public async Task HandlersCreate_IdTakenByAnotherReplica_TakesTheNext()
    {
        // two replicas with one node id, started before either posted, at the same moment
        var draft = new PostDraft(Ann, PostKind.Post, "hello", PostAudience.Everyone, null, null);
        var (one, other) = (await NewHandlerAsync(Open()), await NewHandlerAsync(Open()));
        var first = await one.CreateAsync(draft, Token);
        var second = await other.CreateAsync(draft, Token);
        Assert.Equal(first.Id.Value + 1, second.Id.Value);
        Assert.Equal(2, (await Open().GetManyAsync([first.Id, second.Id], Token)).Count);
    }

    [Fact]
    public async Task Create_RepeatedAfterDeletion_IsKnownButHasNoPost()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann), new RequestKey("r", "f"));
        await store.DeleteAsync(post.Id, Start, Token);
        var outcome = await store.CreateAsync(NewPost(Ann), new RequestKey("r", "f"), Token);
        Assert.Equal((CreateStatus.Repeated, null), (outcome.Status, outcome.Post));
    }

    [Fact]
    public async Task Create_RepeatedAfterErasure_IsANewPost()
    {
        var store = Open();
        await CreateAsync(store, NewPost(Ann), new RequestKey("r", "f"));
        await store.EraseAuthorAsync(Ann, 9, Token);
        Assert.Equal(
            CreateStatus.Created,
            (await store.CreateAsync(NewPost(Ann), new RequestKey("r", "f"), Token)).Status
        );
    }

    private Post NewPost(
        EntityRef author,
        string text = "text",
        PostAudience audience = PostAudience.Everyone,
        IReadOnlyList<string>? tags = null
    ) =>
        new(
            new PostId(Interlocked.Increment(ref _lastId)),
            author,
            PostKind.Post,
            text,
            tags ?? [],
            audience,
            null,
            Start,
            null,
            1
        );

    private static PostChange Change(string text) =>
        new(text, [], PostAudience.Everyone, Start, RestartDelivery: false);

    private sealed class NobodyKeepsPosts : IPostChanges
    {
        public Task TellAsync(PostId? post, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public Task<string?> GetLatestAsync(CancellationToken cancellationToken) =>
            Task.FromResult<string?>(null);

        public Task<IReadOnlyList<(string Name, PostId? Post)>> ListAsync(
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyList<(string Name, PostId? Post)>>([]);
    }

    private static async Task<PostsHandler> NewHandlerAsync(IPostStore store)
    {
        var time = new FakeTimeProvider(Start);
        var ids = new PostIdGenerator(time);
        var node = new PostIdNode(store, ids, Options.Create(new PostOptions()), time);
        var start = new PostIdStart(store, ids, node, NullLogger<PostIdStart>.Instance);
        await start.EnsureAsync(Token);
        // the worst: all have the same number, as if their clocks were too far apart for leases
        ids.UseNode(0);
        return new PostsHandler(
            store,
            ids,
            start,
            new FakeGraph(),
            new FanOutSignal(),
            new NobodyKeepsPosts(),
            time
        );
    }

    private static async Task<Post> CreateAsync(
        IPostStore store,
        Post post,
        RequestKey? key = null
    ) => (await store.CreateAsync(post, key, Token)).Post!;

    // records compare lists by reference
    private static void AssertSame(Post expected, Post actual)
    {
        Assert.Equal(expected.Hashtags, actual.Hashtags);
        Assert.Equal(expected, actual with { Hashtags = expected.Hashtags });
    }
}
