using System.Collections.Concurrent;
using System.Diagnostics;
using Platform.Common.V1;
using Platform.Feed.FanOut;
using Platform.Feed.Posts;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.Tests.Feed.UnitTests.Support;

namespace Platform.Tests.Feed.UnitTests;

public sealed class DeliveryTests(GarnetFixture garnet) : IDisposable
{
    private const int Readers = 9;

    private readonly FeedHarness _feed = new(
        garnet,
        new FanOutOptions { ChunkSize = 2, ChunksPerTurn = 100 }
    );

    private string Author => _feed.Member("author");

    private IEnumerable<string> Followers =>
        Enumerable.Range(0, Readers).Select(n => _feed.Member($"follower{n}"));

    private IEnumerable<string> Connections =>
        Enumerable.Range(0, Readers).Select(n => _feed.Member($"connection{n}"));

    [Fact]
    public async Task RunOne_Post_ReachesFollowersConnectionsAndAuthor()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        await _feed.DeliverAsync();
        await AssertPushedOnceToAllAsync(post.Id);
        var record = await _feed.Posts.GetRecordAsync(post.Id, default);
        Assert.Equal(DeliveryState.Delivered, record!.Job.State);
        Assert.Equal(new DeliveryCounts(2 * Readers + 1, 2 * Readers + 1), record.Job.Counts);
    }

    [Fact]
    public async Task RunOne_PostOfATracedCall_GoesOnWithItsTrace_AlsoAfterAFailure()
    {
        var turns = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Platform.Feed",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = turns.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await OpenTimelinesAsync();
        using var call = new Activity("call").Start();
        call.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        await _feed.PostAsync(Author);
        call.Stop();

        _feed.Graph.FollowsDown = true;
        Assert.True(await _feed.Delivery.RunOneAsync(default));
        _feed.Graph.FollowsDown = false;
        _feed.Time.Advance(TimeSpan.FromHours(1));
        await _feed.DeliverAsync();

        var ours = turns.Where(turn => turn.TraceId == call.TraceId).ToList();
        Assert.Equal(2, ours.Count);
        Assert.All(ours, turn => Assert.Equal(call.SpanId, turn.ParentSpanId));
        Assert.Equal(
            ("DEPENDENCY_UNAVAILABLE", false),
            (ours[0].GetTagItem("error.type"), ours[0].GetTagItem("feed.fanout.done"))
        );
        Assert.Equal(true, ours[1].GetTagItem("feed.fanout.done"));
        // the author and the connections; then the followers and again the last connection, whose chunk was not full and so not saved
        Assert.Equal(
            [1L + Readers, Readers + 1L],
            ours.Select(turn => (long)turn.GetTagItem("feed.fanout.recipients")!)
        );
    }

    [Fact]
    public async Task RunOne_JobLeftByAProcessWhoseClockWasAhead_IsDeliveredWithoutWaitingForItsTime()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        var now = _feed.Time.GetUtcNow();
        Assert.NotNull(await _feed.Posts.LeaseJobAsync(now, now + TimeSpan.FromHours(1), default));

        _feed.Time.Advance(new FanOutOptions().LeaseDuration);
        await _feed.DeliverAsync();

        await AssertPushedOnceToAllAsync(post.Id);
    }

    [Fact]
    public async Task RunOne_WhoNeverReads_GetsNoTimeline()
    {
        _feed.Graph.Follow(_feed.Member("never"), Author);
        await _feed.PostAsync(Author);
        await _feed.DeliverAsync();
        Assert.Null(await _feed.Timelines.ReadAsync(_feed.Member("never"), default));
    }

    [Theory]
    [InlineData(nameof(IPostStore.AdvanceJobAsync))]
    [InlineData(nameof(IPostStore.CompleteJobAsync))]
    [InlineData("Push")]
    public async Task RunOne_KilledAtEveryStep_AnotherWorkerFinishesAfterTheLease(string where)
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        var killed = 0;
        // die at the first, the second, the third ... such step until a worker gets through
        for (var step = 1; !await IsDeliveredAsync(post.Id); step++)
        {
            Assert.True(step < 50, "no worker gets through");
            Kill(where, atStep: step);
            try
            {
                await _feed.NewWorker().RunOneAsync(default);
            }
            catch (KilledException)
            {
                killed++;
            }
            NoFaults();
            if (!await IsDeliveredAsync(post.Id))
            {
                Assert.False(
                    await _feed.NewWorker().RunOneAsync(default),
                    "the lease of the dead still holds"
                );
                _feed.Time.Advance(_feed.FanOut.LeaseDuration);
            }
        }
        Assert.True(killed > 0, "nothing was killed");
        await AssertShownOnceToAllAsync(post.Id);
    }

    [Fact]
    public async Task RunOne_LeaseLapsedAndJobTakenOver_TheSlowOneChangesNothing()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        var takenOver = false;
        _feed.BeforePostStore = name =>
        {
            if (name == nameof(IPostStore.AdvanceJobAsync) && !takenOver)
            {
                takenOver = true;
                _feed.Time.Advance(_feed.FanOut.LeaseDuration);
                // another worker, in the middle of the first one's chunk
                Assert.True(_feed.NewWorker().RunOneAsync(default).GetAwaiter().GetResult());
            }
        };
        Assert.True(await _feed.Delivery.RunOneAsync(default));
        NoFaults();
        Assert.True(await IsDeliveredAsync(post.Id));
        Assert.Equal(
            2 * Readers + 1,
            (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job.Counts.Processed
        );
        await AssertShownOnceToAllAsync(post.Id);
    }

    [Fact]
    public async Task RunOne_FollowsDown_PausesLongerEachTimeAndGoesOnFromWhereItWas()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        _feed.Graph.FollowsDown = true;
        var pauses = new List<TimeSpan>();
        for (var failures = 0; failures < 5; failures++)
        {
            Assert.True(await _feed.Delivery.RunOneAsync(default));
            var pause = TimeSpan.Zero;
            while (!await IsDueAsync())
            {
                _feed.Time.Advance(TimeSpan.FromMilliseconds(50));
                pause += TimeSpan.FromMilliseconds(50);
            }
            pauses.Add(pause);
        }
        Assert.Equal(pauses.Order(), pauses);
        Assert.True(pauses[^1] >= pauses[0] * 8);
        var job = (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job;
        Assert.Equal("DEPENDENCY_UNAVAILABLE", job.RetryReason);
        Assert.Equal(5, job.RetryCount);
        _feed.Graph.FollowsDown = false;
        await _feed.DeliverAsync();
        await AssertShownOnceToAllAsync(post.Id);
        job = (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job;
        Assert.Equal(2 * Readers + 1, job.Counts.Processed);
        Assert.Null(job.RetryReason);
    }

    [Fact]
    public async Task RunOne_CursorsOfBeforeAreRefused_BeginsTheStageAnewAndEachIsShownOnce()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        var pushes = 0;
        _feed.BeforeTimelineStore = _ =>
        {
            if (++pushes > 3)
            {
                throw new DomainException(ErrorReason.StoreUnavailable, "Down.");
            }
        };
        Assert.True(await _feed.Delivery.RunOneAsync(default));
        NoFaults();
        _feed.Time.Advance(_feed.FanOut.LongestPause);
        var job = (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job;
        Assert.NotEqual("", DeliveryPlan.Parse(job.Position).Cursor);
        _feed.Graph.RefusesCursors = true;

        Assert.True(await _feed.Delivery.RunOneAsync(default));

        _feed.Graph.RefusesCursors = false;
        await _feed.DeliverAsync();
        await AssertShownOnceToAllAsync(post.Id);
        job = (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job;
        // the one that broke it off
        Assert.Equal(1, job.RetryCount);
        Assert.True(job.Counts.Processed > 2 * Readers + 1);
    }

    [Fact]
    public async Task RunOne_TimelinesDown_LosesNothing()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        _feed.BeforeTimelineStore = _ =>
            throw new DomainException(ErrorReason.StoreUnavailable, "Down.");
        Assert.True(await _feed.Delivery.RunOneAsync(default));
        NoFaults();
        _feed.Time.Advance(_feed.FanOut.LongestPause);
        await _feed.DeliverAsync();
        await AssertShownOnceToAllAsync(post.Id);
    }

    [Fact]
    public async Task RunOne_DeletedMeanwhile_StopsDelivering()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        var pushes = 0;
        _feed.BeforeTimelineStore = name =>
        {
            if (name == "PushAsync" && ++pushes == 3)
            {
                _feed
                    .PostsHandler.DeleteAsync(new PostActor(Author, false), post.Id, default)
                    .GetAwaiter()
                    .GetResult();
            }
        };
        await _feed.DeliverAsync();
        NoFaults();
        Assert.Equal(3, pushes);
        Assert.Equal(
            DeliveryState.Cancelled,
            (await _feed.Posts.GetRecordAsync(post.Id, default))!.Job.State
        );
    }

    [Fact]
    public async Task RunOne_GiantAndSmallAuthor_TheSmallOneDoesNotWaitForAllOfTheGiant()
    {
        using var feed = new FeedHarness(
            garnet,
            new FanOutOptions { ChunkSize = 2, ChunksPerTurn = 2 }
        );
        var (giant, small) = (feed.Member("giant"), feed.Member("small"));
        for (var index = 0; index < 40; index++)
        {
            feed.Graph.Follow(feed.Member($"fan{index}"), giant);
        }
        var large = await feed.PostAsync(giant);
        var little = await feed.PostAsync(small);
        Assert.True(await feed.Delivery.RunOneAsync(default));
        Assert.True(await feed.Delivery.RunOneAsync(default));
        Assert.Equal(
            DeliveryState.Delivered,
            (await feed.Posts.GetRecordAsync(little.Id, default))!.Job.State
        );
        Assert.Equal(
            DeliveryState.Open,
            (await feed.Posts.GetRecordAsync(large.Id, default))!.Job.State
        );
        await feed.DeliverAsync();
        Assert.Equal(
            41,
            (await feed.Posts.GetRecordAsync(large.Id, default))!.Job.Counts.Processed
        );
    }

    [Fact]
    public async Task RunOne_Stopped_GivesTheJobBackAtOnce()
    {
        await OpenTimelinesAsync();
        var post = await _feed.PostAsync(Author);
        using var stop = new CancellationTokenSource();
        _feed.BeforeTimelineStore = _ =>
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _feed.Delivery.RunOneAsync(stop.Token)
        );
        NoFaults();
        await _feed.DeliverAsync();
        Assert.True(await IsDeliveredAsync(post.Id));
    }

    public void Dispose() => _feed.Dispose();

    private async Task OpenTimelinesAsync()
    {
        foreach (var follower in Followers)
        {
            _feed.Graph.Follow(follower, Author);
        }
        foreach (var connection in Connections)
        {
            _feed.Graph.Connect(connection, Author);
        }
        foreach (var reader in Followers.Concat(Connections).Append(Author))
        {
            await _feed.ReadAsync(reader);
        }
    }

    private async Task AssertPushedOnceToAllAsync(PostId id)
    {
        foreach (var reader in Followers.Concat(Connections).Append(Author))
        {
            var timeline = await _feed.Timelines.ReadAsync(reader, default);
            Assert.Equal([id], timeline!.Entries);
        }
    }

    private async Task AssertShownOnceToAllAsync(PostId id)
    {
        foreach (var reader in Followers.Concat(Connections).Append(Author))
        {
            Assert.Contains(id, (await _feed.Timelines.ReadAsync(reader, default))!.Entries);
            Assert.Equal([id], await _feed.ReadIdsAsync(reader));
        }
    }

    private void Kill(string where, int atStep)
    {
        var step = 0;
        var dead = false;
        void Check(bool isThere)
        {
            // the dead write nothing any more
            dead |= isThere && ++step == atStep;
            if (dead)
            {
                throw new KilledException();
            }
        }
        _feed.BeforePostStore = name => Check(name == where);
        _feed.BeforeTimelineStore = name => Check(where == "Push" && name == "PushAsync");
    }

    private void NoFaults()
    {
        _feed.BeforePostStore = _ => { };
        _feed.BeforeTimelineStore = _ => { };
    }

    private async Task<bool> IsDeliveredAsync(PostId id) =>
        (await _feed.Posts.GetRecordAsync(id, default))!.Job.State == DeliveryState.Delivered;

    private async Task<bool> IsDueAsync()
    {
        // looks without keeping the lease
        var now = _feed.Time.GetUtcNow();
        var lease = await _feed.Posts.LeaseJobAsync(now, now, default);
        return lease is not null && await _feed.Posts.ReleaseJobAsync(lease, now, default);
    }
}
