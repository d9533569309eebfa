using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Feed.Storage;

namespace Platform.Tests.StorageContracts.Feed;

/// <summary>What <see cref="IPostStore"/> promises, for every engine.</summary>
public abstract class PostStoreContract : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private static readonly EntityRef Ann = EntityRef.Member("ann");
    private static readonly EntityRef Ben = EntityRef.Member("ben");

    private long _lastId;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The store on the data of this test; a second call opens the same data as a restart would.</summary>
    protected abstract IPostStore Open();

    public abstract void Dispose();

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
    public async Task Create_SameRequestIdAtOnce_StoresOne()
    {
        var store = Open();
        var key = new RequestKey("r", "f");
        var drafts = Enumerable.Range(0, 8).Select(_ => NewPost(Ann)).ToList();
        var outcomes = await Task.WhenAll(
            drafts.Select(draft => Task.Run(() => store.CreateAsync(draft, key, Token)))
        );
        Assert.Single(outcomes, outcome => outcome.Status == CreateStatus.Created);
        Assert.Single(outcomes.Select(outcome => outcome.Post!.Id).Distinct());
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
    public async Task Create_RepeatedAfterDeletion_IsKnownButHasNoPost()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann), new RequestKey("r", "f"));
        await store.DeleteAsync(post.Id, Start, Token);
        var outcome = await store.CreateAsync(NewPost(Ann), new RequestKey("r", "f"), Token);
        Assert.Equal((CreateStatus.Repeated, null), (outcome.Status, outcome.Post));
    }

    [Fact]
    public async Task ListByAuthor_Pages_NewestFirstOfWhatMayBeSeen()
    {
        var store = Open();
        var first = await CreateAsync(store, NewPost(Ann));
        var hidden = await CreateAsync(store, NewPost(Ann, audience: PostAudience.Connections));
        await CreateAsync(store, NewPost(Ben));
        var last = await CreateAsync(store, NewPost(Ann));
        Assert.Equal([last.Id, first.Id], await IdsAsync(PostId.Newest, 10, false));
        Assert.Equal([last.Id, hidden.Id], await IdsAsync(PostId.Newest, 2, true));
        Assert.Equal([first.Id], await IdsAsync(hidden.Id, 10, true));

        async Task<IEnumerable<PostId>> IdsAsync(PostId before, int limit, bool all) =>
            (await store.ListByAuthorAsync(Ann, before, limit, all, Token)).Select(post => post.Id);
    }

    [Fact]
    public async Task ListRecentIds_ManySources_TheNewestOfAllTogetherEachOnce()
    {
        var store = Open();
        var ids = new List<PostId>();
        for (var index = 0; index < 12; index++)
        {
            var author = index % 3 == 0 ? Ann : Ben;
            ids.Insert(0, (await CreateAsync(store, NewPost(author, "#t", tags: ["t"]))).Id);
        }
        var hidden = await CreateAsync(store, NewPost(Ben, "#t", PostAudience.Connections, ["t"]));
        PostSource tag = new(EntityRef.Hashtag("t"), false);
        Assert.Equal(ids.Take(5), await RecentAsync(5, new(Ann, false), new(Ben, false), tag));
        Assert.Equal(ids, await RecentAsync(99, tag));
        Assert.Equal(
            ids.Prepend(hidden.Id).Take(2),
            await RecentAsync(2, new(Ann, true), new(Ben, true))
        );
        Assert.Empty(await RecentAsync(5));

        Task<IReadOnlyList<PostId>> RecentAsync(int limit, params PostSource[] sources) =>
            store.ListRecentIdsAsync(sources, limit, Token);
    }

    [Fact]
    public async Task Update_OnlyFromTheExpectedRevision()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        var change = new PostChange(
            "#b",
            ["b"],
            PostAudience.Everyone,
            Start.AddMinutes(1),
            RestartDelivery: false
        );
        var key = new RequestKey("u", "f");
        Assert.Equal(UpdateStatus.Updated, await store.UpdateAsync(post.Id, 1, change, key, Token));
        Assert.Equal(UpdateStatus.Stale, await store.UpdateAsync(post.Id, 1, change, null, Token));
        Assert.Equal(
            UpdateStatus.Repeated,
            await store.UpdateAsync(post.Id, 1, change, key, Token)
        );
        Assert.Equal(
            UpdateStatus.RequestIdReused,
            await store.UpdateAsync(post.Id, 2, change, new RequestKey("u", "other"), Token)
        );
        var updated = await store.GetAsync(post.Id, Token);
        Assert.Equal(("#b", 2), (updated!.Text, updated.Revision));
        Assert.Empty(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("a"), false)], 9, Token)
        );
        Assert.Single(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("b"), false)], 9, Token)
        );
    }

    [Fact]
    public async Task Delete_TakesThePostOutOfEverythingAndCancelsTheJob()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        var lease = await store.LeaseJobAsync(Start, Start + Lease, Token);
        Assert.True(await store.DeleteAsync(post.Id, Start, Token));
        Assert.False(await store.DeleteAsync(post.Id, Start, Token));
        Assert.Null(await store.GetAsync(post.Id, Token));
        Assert.Empty(await store.GetManyAsync([post.Id], Token));
        Assert.Empty(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token));
        Assert.Empty(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("a"), false)], 9, Token)
        );
        Assert.False(await store.CompleteJobAsync(lease!, default, Start, Token));
        var record = await store.GetRecordAsync(post.Id, Token);
        Assert.Equal(("", DeliveryState.Cancelled), (record!.Post.Text, record.Job.State));
        Assert.Equal(post.Id, await store.GetLargestIdAsync(Token));
        Assert.True(await store.IsDeliveredUpToAsync(post.Id, Token));
    }

    [Fact]
    public async Task EraseAuthor_LeavesNoTrace()
    {
        var store = Open();
        for (var index = 0; index < 3; index++)
        {
            await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        }
        var kept = await CreateAsync(store, NewPost(Ben));
        Assert.Equal(2, await store.EraseAuthorAsync(Ann, 2, Token));
        Assert.Equal(1, await store.EraseAuthorAsync(Ann, 2, Token));
        Assert.Empty(
            await store.ListRecentIdsAsync([new(EntityRef.Hashtag("a"), false)], 9, Token)
        );
        Assert.NotNull(await store.GetAsync(kept.Id, Token));
    }

    [Fact]
    public async Task LeaseJob_ManyAtOnce_EachJobGoesToOne()
    {
        var store = Open();
        for (var index = 0; index < 5; index++)
        {
            await CreateAsync(store, NewPost(Ann));
        }
        var leases = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(_ => Task.Run(() => store.LeaseJobAsync(Start, Start + Lease, Token)))
        );
        var ids = leases
            .Where(lease => lease is not null)
            .Select(lease => lease!.Job.PostId)
            .ToList();
        Assert.Equal((5, 5), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task LeaseJob_Lapsed_TheOldHolderChangesNothing()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann));
        var old = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        Assert.True(
            await store.AdvanceJobAsync(old, "1/x", new DeliveryCounts(2, 1), Start + Lease, Token)
        );
        Assert.Null(await store.LeaseJobAsync(Start + Lease / 2, Start + Lease, Token));
        var later = Start + Lease;
        var taken = (await Open().LeaseJobAsync(later, later + Lease, Token))!;
        Assert.Equal("1/x", taken.Job.Position);
        Assert.Equal(new DeliveryCounts(2, 1), taken.Job.Counts);
        Assert.False(await store.AdvanceJobAsync(old, "2/", default, later, Token));
        Assert.False(await store.RetryJobAsync(old, "INTERNAL", later, Token));
        Assert.False(await store.ReleaseJobAsync(old, later, Token));
        Assert.False(await store.CompleteJobAsync(old, default, later, Token));
        Assert.False(await store.IsDeliveredUpToAsync(post.Id, Token));
        Assert.True(await store.CompleteJobAsync(taken, new DeliveryCounts(3, 3), later, Token));
        var job = (await store.GetRecordAsync(post.Id, Token))!.Job;
        Assert.Equal((DeliveryState.Delivered, new DeliveryCounts(5, 4)), (job.State, job.Counts));
        Assert.Equal(later, job.CompleteTime);
        Assert.Null(await store.LeaseJobAsync(later + Lease, later + Lease, Token));
        Assert.True(await store.IsDeliveredUpToAsync(post.Id, Token));
    }

    [Fact]
    public async Task RetryJob_WaitsAndCountsUntilProgress()
    {
        var store = Open();
        await CreateAsync(store, NewPost(Ann));
        var lease = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        var due = Start.AddMinutes(1);
        Assert.True(await store.RetryJobAsync(lease, "DEPENDENCY_UNAVAILABLE", due, Token));
        Assert.Equal(1, (await store.GetBacklogAsync(Token)).RetryingPosts);
        Assert.Null(await store.LeaseJobAsync(due.AddMilliseconds(-1), due, Token));
        lease = (await store.LeaseJobAsync(due, due + Lease, Token))!;
        Assert.Equal(
            (1, 1, "DEPENDENCY_UNAVAILABLE"),
            (lease.Job.RetryCount, lease.Job.Failures, lease.Job.RetryReason)
        );
        await store.AdvanceJobAsync(lease, "0/a", default, due, Token);
        lease = (await store.LeaseJobAsync(due, due + Lease, Token))!;
        Assert.Equal(
            (1, 0, null),
            (lease.Job.RetryCount, lease.Job.Failures, lease.Job.RetryReason)
        );
        Assert.Equal(new DeliveryBacklog(1, 0, Start), await store.GetBacklogAsync(Token));
    }

    [Fact]
    public async Task Update_RestartsDelivery_TheJobBeginsAnewAndTheOldLeaseIsOver()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann));
        var old = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        await store.AdvanceJobAsync(old, "1/x", new DeliveryCounts(9, 9), Start + Lease, Token);
        var change = new PostChange("t", [], PostAudience.Everyone, Start, RestartDelivery: true);
        await store.UpdateAsync(post.Id, 1, change, null, Token);
        Assert.False(await store.CompleteJobAsync(old, default, Start, Token));
        var lease = await store.LeaseJobAsync(Start, Start + Lease, Token);
        Assert.Equal(("", default), (lease!.Job.Position, lease.Job.Counts));
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
