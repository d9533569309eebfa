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
public abstract class PostStoreContract : IAsyncLifetime
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

    [Fact]
    public async Task GetMany_DoubledUnknownAndDeletedIds_EachPostOnce()
    {
        var store = Open();
        var first = await CreateAsync(store, NewPost(Ann));
        var second = await CreateAsync(store, NewPost(Ben));
        var deleted = await CreateAsync(store, NewPost(Ben));
        await store.DeleteAsync(deleted.Id, Start, Token);
        var found = await store.GetManyAsync(
            [second.Id, first.Id, second.Id, deleted.Id, new PostId(long.MaxValue)],
            Token
        );
        Assert.Equal([first.Id, second.Id], found.Select(post => post.Id).Order());
        Assert.Empty(await store.GetManyAsync([], Token));
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
    public async Task ListRecentIds_MoreSourcesThanOneQueryTakes_AreTheNewestOfAll()
    {
        var store = Open();
        var authors = Enumerable.Range(0, 900).Select(n => EntityRef.Member($"m{n}")).ToList();
        // mixed, so that every batch has some of the newest
        var posts = new List<Post>();
        foreach (var author in Enumerable.Range(0, 60).Select(n => authors[n * 37 % 60 * 15]))
        {
            posts.Add(await CreateAsync(store, NewPost(author)));
            posts.Add(
                await CreateAsync(store, NewPost(author, audience: PostAudience.Connections))
            );
            await CreateAsync(store, NewPost(Ben, audience: PostAudience.Connections));
        }
        foreach (var limit in new[] { 1, 10, 1000 })
        {
            Assert.Equal(
                posts.Select(post => post.Id).OrderDescending().Take(limit),
                await RecentAsync(_ => true, limit)
            );
            Assert.Equal(
                posts
                    .Where(post => post.Audience == PostAudience.Everyone)
                    .Select(post => post.Id)
                    .OrderDescending()
                    .Take(limit),
                await RecentAsync(_ => false, limit)
            );
        }

        Task<IReadOnlyList<PostId>> RecentAsync(Func<EntityRef, bool> close, int limit) =>
            store.ListRecentIdsAsync(
                [
                    .. authors
                        .Append(Ben)
                        .Select(author => new PostSource(author, close(author) && author != Ben)),
                ],
                limit,
                Token
            );
    }

    [Fact]
    public async Task Update_OtherAudienceAndTags_MovesThePostBetweenLists()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        PostSource[] strangers = [new(Ann, false), new(EntityRef.Hashtag("a"), true)];
        await ChangeAsync(1, PostAudience.Connections, "a");
        Assert.Empty(await store.ListRecentIdsAsync(strangers, 9, Token));
        Assert.Empty(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, false, Token));
        Assert.Single(await store.ListRecentIdsAsync([new(Ann, true)], 9, Token));
        await ChangeAsync(2, PostAudience.Everyone);
        Assert.Empty(await store.ListRecentIdsAsync(strangers[1..], 9, Token));
        Assert.Empty((await store.GetAsync(post.Id, Token))!.Hashtags);
        await ChangeAsync(3, PostAudience.Everyone, "b", "a");
        Assert.Single(await store.ListRecentIdsAsync(strangers[1..], 9, Token));
        Assert.Equal(["b", "a"], (await store.GetAsync(post.Id, Token))!.Hashtags);

        async Task ChangeAsync(int revision, PostAudience audience, params string[] tags) =>
            Assert.Equal(
                UpdateStatus.Updated,
                await store.UpdateAsync(
                    post.Id,
                    revision,
                    new PostChange("text", tags, audience, Start, RestartDelivery: false),
                    null,
                    Token
                )
            );
    }

    [Fact]
    public async Task Update_SeveralAtOnce_OneWinsAndTheOthersAreStale()
    {
        var stores = Enumerable.Range(0, 3).Select(_ => Open()).ToList();
        var post = await CreateAsync(stores[0], NewPost(Ann));
        var statuses = await Race.RunAsync(
            9,
            n => stores[n % 3].UpdateAsync(post.Id, 1, Change($"text {n}"), null, Token)
        );
        var winner = Assert.Single(
            statuses.Select((status, n) => (status, n)),
            update => update.status == UpdateStatus.Updated
        );
        Assert.Equal(8, statuses.Count(status => status == UpdateStatus.Stale));
        var updated = await Open().GetAsync(post.Id, Token);
        Assert.Equal(($"text {winner.n}", 2), (updated!.Text, updated.Revision));
    }

    [Fact]
    public async Task Update_SameRequestIdAtOnce_IsDoneOnce()
    {
        var stores = Enumerable.Range(0, 3).Select(_ => Open()).ToList();
        var post = await CreateAsync(stores[0], NewPost(Ann));
        var key = new RequestKey("u", "f");
        var statuses = await Race.RunAsync(
            9,
            n => stores[n % 3].UpdateAsync(post.Id, 1, Change("once"), key, Token)
        );
        Assert.Single(statuses, status => status == UpdateStatus.Updated);
        Assert.Equal(8, statuses.Count(status => status == UpdateStatus.Repeated));
        Assert.Equal(2, (await Open().GetAsync(post.Id, Token))!.Revision);
    }

    [Fact]
    public async Task Update_ReplyLost_RepeatedOnAFreshStore_IsKnown()
    {
        var post = await CreateAsync(Open(), NewPost(Ann));
        var key = new RequestKey("u", "f");
        var dying = LostReplyProxy.Around(Open(), nameof(IPostStore.UpdateAsync));
        await Assert.ThrowsAsync<KilledException>(() =>
            dying.UpdateAsync(post.Id, 1, Change("once"), key, Token)
        );
        var store = Open();
        // the caller reads again before it repeats
        Assert.Equal(
            UpdateStatus.Repeated,
            await store.UpdateAsync(post.Id, 2, Change("once"), key, Token)
        );
        var updated = await store.GetAsync(post.Id, Token);
        Assert.Equal(("once", 2), (updated!.Text, updated.Revision));
    }

    [Fact]
    public async Task Update_UnknownOrDeletedPost_IsStale()
    {
        var store = Open();
        var key = new RequestKey("u", "f");
        var post = await CreateAsync(store, NewPost(Ann));
        await store.UpdateAsync(post.Id, 1, Change("text"), key, Token);
        await store.DeleteAsync(post.Id, Start, Token);
        foreach (var id in new[] { post.Id, new PostId(long.MaxValue) })
        {
            foreach (var request in new[] { key, null })
            {
                Assert.Equal(
                    UpdateStatus.Stale,
                    await store.UpdateAsync(id, 2, Change("text"), request, Token)
                );
            }
        }
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
    public async Task Delete_AgainstTheFanOut_EitherIsCleanlyFirst()
    {
        var stores = Enumerable.Range(0, 3).Select(_ => Open()).ToList();
        for (var round = 0; round < 12; round++)
        {
            var post = await CreateAsync(stores[0], NewPost(Ann, "#a", tags: ["a"]));
            var lease = (await stores[1].LeaseJobAsync(Start, Start + Lease, Token))!;
            var counts = new DeliveryCounts(1, 1);
            Func<Task<bool>> work =
                round % 2 == 0
                    ? () => stores[1].CompleteJobAsync(lease, counts, Start, Token)
                    : () => stores[1].AdvanceJobAsync(lease, "1/x", counts, Start + Lease, Token);
            var done = await Race.RunAsync<bool>([
                work,
                () => stores[0].DeleteAsync(post.Id, Start, Token),
                () => stores[2].DeleteAsync(post.Id, Start, Token),
            ]);
            Assert.True(done[1] ^ done[2], "one of two deletions is the one that deletes");
            var record = (await Open().GetRecordAsync(post.Id, Token))!;
            Assert.Equal(("", Start), (record.Post.Text, record.DeleteTime));
            Assert.Equal(done[0] ? counts : default, record.Job.Counts);
            Assert.Equal(
                done[0] && round % 2 == 0 ? DeliveryState.Delivered : DeliveryState.Cancelled,
                record.Job.State
            );
            Assert.Null(await stores[0].LeaseJobAsync(Start + Lease, Start + 2 * Lease, Token));
            Assert.False(await stores[1].AdvanceJobAsync(lease, "2/", counts, Start, Token));
        }
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
    public async Task EraseAuthor_TwoAtOnce_NeitherEndsBeforeNothingIsLeft()
    {
        const int Posts = 30;
        var stores = Enumerable.Range(0, 2).Select(_ => Open()).ToList();
        for (var index = 0; index < Posts; index++)
        {
            await CreateAsync(stores[0], NewPost(Ann));
        }
        var erased = await Race.RunAsync(
            stores.Select<IPostStore, Func<Task<int>>>(store =>
                async () =>
                {
                    var all = 0;
                    int some;
                    do
                    {
                        some = await store.EraseAuthorAsync(Ann, 8, Token);
                        all += some;
                    } while (some == 8);
                    Assert.Empty(await store.ListByAuthorAsync(Ann, PostId.Newest, 9, true, Token));
                    return all;
                }
            )
        );
        Assert.Equal(Posts, erased.Sum());
        Assert.Null(await stores[0].GetLargestIdAsync(Token));
    }

    [Fact]
    public async Task LeaseJob_ManyWorkersOfSeveralProcesses_EachJobGoesToOne()
    {
        const int Jobs = 40;
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        for (var index = 0; index < Jobs; index++)
        {
            await CreateAsync(stores[0], NewPost(Ann));
        }
        var taken = await Race.RunAsync(
            12,
            async worker =>
            {
                var mine = new List<LeasedJob>();
                while (
                    await stores[worker % 4].LeaseJobAsync(Start, Start + Lease, Token) is { } lease
                )
                {
                    mine.Add(lease);
                }
                return mine;
            }
        );
        var leases = taken.SelectMany(mine => mine).ToList();
        Assert.Equal(Jobs, leases.Count);
        Assert.Equal(Jobs, leases.Select(lease => lease.Job.PostId).Distinct().Count());
        Assert.Equal(Jobs, leases.Select(lease => lease.LeaseId).Distinct().Count());
        Assert.All(
            taken,
            mine =>
                Assert.Equal(mine.Select(l => l.Job.PostId).Order(), mine.Select(l => l.Job.PostId))
        );
        // every lease is good: nobody else took the job after
        foreach (var lease in leases)
        {
            Assert.True(await stores[0].CompleteJobAsync(lease, default, Start, Token));
        }
        Assert.Equal(new DeliveryBacklog(0, 0, null), await Open().GetBacklogAsync(Token));
    }

    [Fact]
    public async Task LeaseJob_Order_IsByDueTimeThenById()
    {
        var store = Open();
        var posts = new List<Post>();
        for (var index = 0; index < 3; index++)
        {
            posts.Add(await CreateAsync(store, NewPost(Ann)));
        }
        var early = await CreateAsync(
            store,
            NewPost(Ann) with
            {
                CreateTime = Start.AddSeconds(-1),
            }
        );
        Assert.Equal(early.Id, await NextAsync());
        Assert.Equal(posts[0].Id, await NextAsync());
        var back = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        Assert.Equal(posts[1].Id, back.Job.PostId);
        Assert.Equal(Start, back.Job.StartTime);
        // given back behind the others
        Assert.True(await store.ReleaseJobAsync(back, Start.AddSeconds(1), Token));
        Assert.False(await store.ReleaseJobAsync(back, Start, Token), "the lease is over");
        Assert.Equal(posts[2].Id, await NextAsync());
        Assert.Null(await NextAsync());
        var again = (await store.LeaseJobAsync(Start.AddSeconds(1), Start + Lease, Token))!;
        Assert.Equal((posts[1].Id, Start), (again.Job.PostId, again.Job.StartTime));

        async Task<PostId?> NextAsync() =>
            (await store.LeaseJobAsync(Start, Start + Lease, Token))?.Job.PostId;
    }

    [Fact]
    public async Task LeaseJob_WorkerVanishesBeforeItLearnsOfIt_TheJobIsDueAgainAfterTheLease()
    {
        var post = await CreateAsync(Open(), NewPost(Ann));
        var dying = LostReplyProxy.Around(Open(), nameof(IPostStore.LeaseJobAsync));
        await Assert.ThrowsAsync<KilledException>(() =>
            dying.LeaseJobAsync(Start, Start + Lease, Token)
        );
        var store = Open();
        var end = Start + Lease;
        Assert.Null(await store.LeaseJobAsync(end.AddMilliseconds(-1), end, Token));
        var lease = (await store.LeaseJobAsync(end, end + Lease, Token))!;
        Assert.Equal(
            (post.Id, "", Start),
            (lease.Job.PostId, lease.Job.Position, lease.Job.StartTime)
        );
        Assert.True(await store.CompleteJobAsync(lease, new DeliveryCounts(1, 1), end, Token));
        Assert.Null(await store.LeaseJobAsync(end + Lease, end + 2 * Lease, Token));
    }

    [Fact]
    public async Task AdvanceJob_ReplyLost_TheNextWorkerGoesOnFromWhatWasSaved()
    {
        await CreateAsync(Open(), NewPost(Ann));
        var lease = (await Open().LeaseJobAsync(Start, Start + Lease, Token))!;
        var dying = LostReplyProxy.Around(Open(), nameof(IPostStore.AdvanceJobAsync));
        var counts = new DeliveryCounts(5, 4);
        await Assert.ThrowsAsync<KilledException>(() =>
            dying.AdvanceJobAsync(lease, "1/$x", counts, Start + Lease, Token)
        );
        var taken = (await Open().LeaseJobAsync(Start + Lease, Start + 2 * Lease, Token))!;
        Assert.Equal(("1/$x", counts), (taken.Job.Position, taken.Job.Counts));
    }

    [Fact]
    public async Task LeaseJob_AgainstTheLapsedHolder_OneOfThemHasTheJob()
    {
        var stores = Enumerable.Range(0, 2).Select(_ => Open()).ToList();
        for (var round = 0; round < 12; round++)
        {
            var post = await CreateAsync(stores[0], NewPost(Ann));
            var old = (await stores[0].LeaseJobAsync(Start, Start + Lease, Token))!;
            var later = Start + Lease;
            LeasedJob? taken = null;
            var done = await Race.RunAsync<bool>([
                () => stores[0].CompleteJobAsync(old, new DeliveryCounts(1, 1), later, Token),
                async () =>
                    (taken = await stores[1].LeaseJobAsync(later, later + Lease, Token))
                        is not null,
            ]);
            Assert.True(done[0] ^ done[1], "completed, or taken over");
            if (taken is not null)
            {
                Assert.True(
                    await stores[1].CompleteJobAsync(taken, new DeliveryCounts(1, 1), later, Token)
                );
            }
            var job = (await Open().GetRecordAsync(post.Id, Token))!.Job;
            Assert.Equal(
                (DeliveryState.Delivered, new DeliveryCounts(1, 1)),
                (job.State, job.Counts)
            );
        }
    }

    [Fact]
    public async Task IsDeliveredUpTo_LooksAtNoLaterPost()
    {
        var store = Open();
        Assert.True(await store.IsDeliveredUpToAsync(PostId.Newest, Token));
        var first = await CreateAsync(store, NewPost(Ann));
        var second = await CreateAsync(store, NewPost(Ann));
        var lease = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        await store.CompleteJobAsync(lease, default, Start, Token);
        Assert.True(await store.IsDeliveredUpToAsync(first.Id, Token));
        Assert.False(await store.IsDeliveredUpToAsync(second.Id, Token));
        Assert.False(await store.IsDeliveredUpToAsync(PostId.Newest, Token));
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

    private static PostChange Change(string text) =>
        new(text, [], PostAudience.Everyone, Start, RestartDelivery: false);

    private static async Task<PostsHandler> NewHandlerAsync(IPostStore store)
    {
        var time = new FakeTimeProvider(Start);
        var ids = new PostIdGenerator(time, Options.Create(new PostOptions()));
        var start = new PostIdStart(store, ids, NullLogger<PostIdStart>.Instance);
        await start.EnsureAsync(Token);
        return new PostsHandler(store, ids, start, new FakeGraph(), new FanOutSignal(), time);
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
