using System.Diagnostics;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.Testing;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.StorageContracts.Feed;

public abstract partial class PostStoreContract
{
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
            Assert.True(await stores[0].CompleteJobAsync(lease, default, false, Start, Token));
        }
        Assert.Equal(new DeliveryBacklog(0, 0, null), await Open().GetBacklogAsync(Token));
    }

    [Fact]
    public async Task Job_KeepsTheTraceOfTheCallThatOpenedIt()
    {
        var store = Open();
        var untraced = await CreateAsync(store, NewPost(Ann));
        using var create = new Activity("create").Start();
        create.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        var post = await CreateAsync(store, NewPost(Ann, "#a", tags: ["a"]));
        var created = create.Id;
        create.Stop();

        Assert.Equal(created, (await Open().GetRecordAsync(post.Id, Token))!.Job.TraceParent);
        Assert.Null((await store.LeaseJobAsync(Start, Start + Lease, Token))!.Job.TraceParent);
        var lease = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        Assert.Equal((post.Id, created), (lease.Job.PostId, lease.Job.TraceParent));

        // who is not recorded leaves none, and an edit that delivers anew has its own
        using var unrecorded = new Activity("edit").Start();
        unrecorded.ActivityTraceFlags = ActivityTraceFlags.None;
        await EditAsync(untraced, restart: true);
        unrecorded.Stop();
        using var edit = new Activity("edit").Start();
        edit.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        await EditAsync(post, restart: false);
        Assert.Equal(created, (await store.GetRecordAsync(post.Id, Token))!.Job.TraceParent);
        await EditAsync(post with { Revision = 2 }, restart: true);
        Assert.Equal(edit.Id, (await store.GetRecordAsync(post.Id, Token))!.Job.TraceParent);
        Assert.Null((await store.GetRecordAsync(untraced.Id, Token))!.Job.TraceParent);

        async Task EditAsync(Post of, bool restart) =>
            Assert.Equal(
                UpdateStatus.Updated,
                await store.UpdateAsync(
                    of.Id,
                    of.Revision,
                    new PostChange("new", [], PostAudience.Everyone, Start, restart),
                    null,
                    Token
                )
            );
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
        Assert.True(
            await store.CompleteJobAsync(lease, new DeliveryCounts(1, 1), false, end, Token)
        );
        Assert.Null(await store.LeaseJobAsync(end + Lease, end + 2 * Lease, Token));
    }

    [Fact]
    public async Task RecallJobs_DueFartherAheadThanAnybodyMay_AreDueAgain_AndNoOthers()
    {
        var store = Open();
        await CreateAsync(store, NewPost(Ann));
        // a store may go by its own clock, so this is of today
        var now = DateTimeOffset.UtcNow;
        var right = (await store.LeaseJobAsync(now, now + Lease, Token))!;
        Assert.False(await store.RecallJobsAsync(now, 2 * Lease, Token));
        Assert.True(await store.AdvanceJobAsync(right, "1/$x", default, now.AddYears(1), Token));
        Assert.Null(await store.LeaseJobAsync(now.AddDays(1), now.AddDays(1) + Lease, Token));

        Assert.True(await store.RecallJobsAsync(now, 2 * Lease, Token));

        var taken = (await store.LeaseJobAsync(now.AddDays(1), now.AddDays(1) + Lease, Token))!;
        Assert.Equal("1/$x", taken.Job.Position);
        Assert.False(await store.CompleteJobAsync(right, default, false, now, Token));
        Assert.True(await store.CompleteJobAsync(taken, default, false, now, Token));
        Assert.False(await store.RecallJobsAsync(now, 2 * Lease, Token));
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
                () =>
                    stores[0].CompleteJobAsync(old, new DeliveryCounts(1, 1), false, later, Token),
                async () =>
                    (taken = await stores[1].LeaseJobAsync(later, later + Lease, Token))
                        is not null,
            ]);
            Assert.True(done[0] ^ done[1], "completed, or taken over");
            if (taken is not null)
            {
                Assert.True(
                    await stores[1]
                        .CompleteJobAsync(taken, new DeliveryCounts(1, 1), false, later, Token)
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
    public async Task ListUnpushed_IsWhatIsOpenAndWhatWasPulledLately()
    {
        var store = Open();
        var posts = new List<Post>();
        for (var index = 0; index < 6; index++)
        {
            posts.Add(await CreateAsync(store, NewPost(Ann)));
        }
        // delivered, pulled at one, two and three minutes, and one of those deleted since
        for (var index = 0; index < 4; index++)
        {
            var lease = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
            Assert.True(
                await store.CompleteJobAsync(
                    lease,
                    new DeliveryCounts(2, 1),
                    pulled: index > 0,
                    Start.AddMinutes(index),
                    Token
                )
            );
        }
        await store.DeleteAsync(posts[3].Id, Start.AddMinutes(3), Token);
        var unpushed = await Open().ListUnpushedAsync(Start, 9, Token);
        Assert.Equal([posts[5].Id, posts[4].Id], unpushed.Open.Select(record => record.Post.Id));
        Assert.Equal([posts[2].Id, posts[1].Id], unpushed.Pulled.Select(record => record.Post.Id));
        var job = unpushed.Pulled[0].Job;
        Assert.Equal(
            (DeliveryState.Pulled, new DeliveryCounts(2, 1), Start.AddMinutes(2)),
            (job.State, job.Counts, job.CompleteTime)
        );
        unpushed = await store.ListUnpushedAsync(Start.AddMinutes(1), 1, Token);
        Assert.Equal([posts[5].Id], unpushed.Open.Select(record => record.Post.Id));
        Assert.Equal([posts[2].Id], unpushed.Pulled.Select(record => record.Post.Id));
        Assert.Empty((await store.ListUnpushedAsync(Start.AddMinutes(2), 9, Token)).Pulled);
        Assert.Equal(2, (await store.GetBacklogAsync(Token)).PendingPosts);
    }

    [Fact]
    public async Task Update_OfAPulledPostThatIsDeliveredAnew_OpensItsJob()
    {
        var store = Open();
        var post = await CreateAsync(store, NewPost(Ann));
        var lease = (await store.LeaseJobAsync(Start, Start + Lease, Token))!;
        await store.CompleteJobAsync(lease, default, pulled: true, Start, Token);
        var change = new PostChange("#b", ["b"], post.Audience, Start, RestartDelivery: true);
        Assert.Equal(
            UpdateStatus.Updated,
            await store.UpdateAsync(post.Id, post.Revision, change, null, Token)
        );
        var unpushed = await store.ListUnpushedAsync(Start.AddMinutes(-1), 9, Token);
        Assert.Empty(unpushed.Pulled);
        Assert.Equal(["b"], Assert.Single(unpushed.Open).Post.Hashtags);
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
        Assert.False(await store.CompleteJobAsync(old, default, false, later, Token));
        Assert.Equal(1, (await store.GetBacklogAsync(Token)).PendingPosts);
        Assert.True(
            await store.CompleteJobAsync(taken, new DeliveryCounts(3, 3), false, later, Token)
        );
        var job = (await store.GetRecordAsync(post.Id, Token))!.Job;
        Assert.Equal((DeliveryState.Delivered, new DeliveryCounts(5, 4)), (job.State, job.Counts));
        Assert.Equal(later, job.CompleteTime);
        Assert.Null(await store.LeaseJobAsync(later + Lease, later + Lease, Token));
        Assert.Equal(0, (await store.GetBacklogAsync(Token)).PendingPosts);
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
        Assert.False(await store.CompleteJobAsync(old, default, false, Start, Token));
        var lease = await store.LeaseJobAsync(Start, Start + Lease, Token);
        Assert.Equal(("", default), (lease!.Job.Position, lease.Job.Counts));
    }

    [Fact]
    public async Task HoldNode_HeldByAnother_IsRefusedUntilItsEndOrRelease()
    {
        var (one, other) = (Open(), Open());
        Assert.True(await one.HoldNodeAsync(7, "one", Start, Start + Lease, Token));
        Assert.False(await other.HoldNodeAsync(7, "other", Start, Start + Lease, Token));
        Assert.True(await other.HoldNodeAsync(8, "other", Start, Start + Lease, Token));
        // it goes on holding
        var later = Start + Lease / 2;
        Assert.True(await one.HoldNodeAsync(7, "one", later, later + Lease, Token));
        Assert.False(await other.HoldNodeAsync(7, "other", Start + Lease, later + Lease, Token));
        // its end has come: now it is the first that is too late
        later += Lease;
        Assert.True(await other.HoldNodeAsync(7, "other", later, later + Lease, Token));
        Assert.False(await one.HoldNodeAsync(7, "one", later, later + Lease, Token));
        await one.ReleaseNodeAsync(7, "one", Token);
        Assert.False(await one.HoldNodeAsync(7, "one", later, later + Lease, Token));
        await other.ReleaseNodeAsync(7, "other", Token);
        Assert.True(await one.HoldNodeAsync(7, "one", later, later + Lease, Token));
    }

    [Fact]
    public async Task HoldNode_ManyAtOnce_OneHoldsIt()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        for (var node = 0; node < 10; node++)
        {
            var held = await Task.WhenAll(
                stores.Select(
                    (store, index) =>
                        store.HoldNodeAsync(node, $"owner {index}", Start, Start + Lease, Token)
                )
            );
            Assert.Single(held, isHeld => isHeld);
        }
    }
}
