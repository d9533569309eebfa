using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.Feed.Sources;
using Platform.Feed.Storage;
using Platform.Feed.Timelines;
using Platform.Feed.Watch;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.FanOut;

/// <summary>
/// Works on fan-out jobs. A chunk is delivered, then the position is saved together with what was counted; a crash in
/// between delivers the chunk again, and readers drop the doubles. So everything is delivered at least once, and seen once.
/// </summary>
public sealed partial class DeliveryHandler(
    IPostStore posts,
    ITimelineStore timelines,
    IConnectionsSource connections,
    IFollowsSource follows,
    UnpushedPosts unpushed,
    WatchedFeeds watched,
    FeedMetrics metrics,
    IOptions<FanOutOptions> options,
    TimeProvider time,
    ILogger<DeliveryHandler> logger
)
{
    // clocks that are kept in step differ by less
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(30);

    private readonly FanOutOptions _options = options.Value;
    private long _lastRecall = time.GetTimestamp();

    /// <summary>Leases the job that has been due longest and works on it for a turn.</summary>
    /// <returns>False if no job is due.</returns>
    /// <exception cref="DomainException">The post store does not answer; other failures become a pause of the job.</exception>
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lease = await posts.LeaseJobAsync(now, now + _options.LeaseDuration, cancellationToken);
        if (lease is null)
        {
            return await RecallAsync(now, cancellationToken);
        }
        using var span = PostTrace.StartTurn(lease.Job);
        var turn = new Turn(lease, now);
        try
        {
            await WorkAsync(turn, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // a clean stop: somebody else may go on at once
            await posts.ReleaseJobAsync(lease, time.GetUtcNow(), CancellationToken.None);
            throw;
        }
        catch (Exception exception)
        {
            await PauseAsync(turn, exception, cancellationToken);
        }
        finally
        {
            PostTrace.EndTurn(span, turn.Counts, turn.IsDone, turn.Failure);
        }
        return true;
    }

    /// <summary>Looks now and then for jobs that a clock has set too far ahead; nothing else hurries them.</summary>
    private async Task<bool> RecallAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _lastRecall);
        if (
            time.GetElapsedTime(last) < _options.LeaseDuration
            || Interlocked.CompareExchange(ref _lastRecall, time.GetTimestamp(), last) != last
        )
        {
            return false;
        }
        var longest = TimeSpan.FromTicks(
            Math.Max(_options.LeaseDuration.Ticks, _options.LongestPause.Ticks)
        );
        return await posts.RecallJobsAsync(now, longest + ClockDifference, cancellationToken);
    }

    private async Task WorkAsync(Turn turn, CancellationToken cancellationToken)
    {
        var job = turn.Lease.Job;
        var stages = DeliveryPlan.StagesOf(job.Author, job.Audience, job.Hashtags);
        var (stage, cursor, pulled) = DeliveryPlan.Parse(job.Position);
        var counts = default(DeliveryCounts);
        DomainException? failure = null;
        await using var recipients = new Recipients(
            connections,
            follows,
            _options.ChunkSize,
            logger
        );
        while (stage < stages.Count)
        {
            var page = await recipients.NextAsync(stages[stage], cursor, cancellationToken);
            if (cursor.Length == 0 && await ArePullingAsync(stages[stage], page, cancellationToken))
            {
                (stage, pulled) = (stage + 1, true);
                continue;
            }
            var reached = 0;
            try
            {
                reached = await timelines.PushAsync(
                    job.PostId,
                    page.Members,
                    again: turn.Lease.Job.Failures > 0,
                    cancellationToken
                );
            }
            catch (DomainException exception)
                when (exception.Reason == ErrorReason.StoreUnavailable)
            {
                // it may be away for some only: the rest of this chunk is tried before the chunk is repeated
                failure ??= exception;
            }
            watched.Pushed(page.Members);
            counts = new DeliveryCounts(
                counts.Processed + page.Members.Count,
                counts.Reached + reached
            );
            turn.Count(page.Members.Count, reached);
            metrics.Delivered(reached);
            (stage, cursor) =
                page.NextCursor.Length > 0 ? (stage, page.NextCursor) : (stage + 1, "");
            if (stage >= stages.Count || !IsChunk(turn, page, counts))
            {
                continue;
            }
            ThrowIfAny(failure);
            if (
                !await SaveAsync(
                    turn,
                    DeliveryPlan.Format(stage, cursor, pulled),
                    counts,
                    cancellationToken
                )
            )
            {
                return;
            }
            counts = default;
        }
        ThrowIfAny(failure);
        var done = time.GetUtcNow();
        if (await posts.CompleteJobAsync(turn.Lease, counts, pulled, done, cancellationToken))
        {
            if (pulled)
            {
                unpushed.Outdate();
            }
            metrics.Completed(done - job.CreateTime);
            turn.IsDone = true;
        }
    }

    /// <summary>
    /// Whether the recipients of a stage are so many that each pulls the post. It is decided where the stage begins and holds to
    /// its end: until the job is closed readers pull the post in any case, and then if any stage was left to them.
    /// </summary>
    /// <param name="first">The first page of the recipients.</param>
    private async Task<bool> ArePullingAsync(
        DeliveryStage stage,
        RecipientPage first,
        CancellationToken cancellationToken
    )
    {
        if (stage.Recipients != RecipientKind.Followers)
        {
            return false;
        }
        // most have few followers, and nobody needs to be asked how many
        var count =
            first.NextCursor.Length == 0
                ? first.Members.Count
                : (await follows.CountFollowersAsync([stage.Of], cancellationToken))[stage.Of];
        return count > _options.PullAbove;
    }

    private static void ThrowIfAny(DomainException? failure)
    {
        if (failure is not null)
        {
            throw failure;
        }
    }

    // Stages with few recipients make one chunk together, unless asking for them takes a good part of the lease.
    private bool IsChunk(Turn turn, RecipientPage page, DeliveryCounts counts) =>
        page.NextCursor.Length > 0
        || counts.Processed >= _options.ChunkSize
        || time.GetUtcNow() - turn.SavedTime > _options.LeaseDuration / 3;

    /// <returns>False if this turn is over: the job was deleted, edited or taken over meanwhile, or it is the others' turn.</returns>
    private async Task<bool> SaveAsync(
        Turn turn,
        string position,
        DeliveryCounts counts,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        turn.Chunks++;
        turn.SavedTime = now;
        var yields = turn.Chunks >= _options.ChunksPerTurn;
        var due = yields ? now : now + _options.LeaseDuration;
        var saved = await posts.AdvanceJobAsync(
            turn.Lease,
            position,
            counts,
            due,
            cancellationToken
        );
        turn.Lease = turn.Lease with
        {
            Job = turn.Lease.Job with { Position = position, Failures = 0 },
        };
        return saved && !yields;
    }

    private async Task PauseAsync(
        Turn turn,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        var lease = turn.Lease;
        var reason = ErrorCatalog.NameOf(
            exception is DomainException refusal ? refusal.Reason : ErrorReason.Internal
        );
        var pause = PauseAfter(lease.Job.Failures);
        LogFailed(exception, lease.Job.PostId, lease.Job.Failures + 1, pause);
        metrics.Failed();
        turn.Failure = reason;
        await posts.RetryJobAsync(lease, reason, time.GetUtcNow() + pause, cancellationToken);
    }

    private TimeSpan PauseAfter(int failures)
    {
        var factor = Math.Pow(2, Math.Min(failures, 20));
        return _options.FirstPause * factor < _options.LongestPause
            ? _options.FirstPause * factor
            : _options.LongestPause;
    }

    /// <summary>What changes while a worker holds a job.</summary>
    private sealed class Turn(LeasedJob lease, DateTimeOffset savedTime)
    {
        public LeasedJob Lease { get; set; } = lease;

        public DateTimeOffset SavedTime { get; set; } = savedTime;

        public int Chunks { get; set; }

        /// <summary>Of this turn alone, and whether saved or not.</summary>
        public DeliveryCounts Counts { get; private set; }

        public bool IsDone { get; set; }

        /// <summary>The reason for which the turn ended early; null if it did not.</summary>
        public string? Failure { get; set; }

        public void Count(int processed, int reached) =>
            Counts = new DeliveryCounts(Counts.Processed + processed, Counts.Reached + reached);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Delivery of post {Post} failed for the {Failures}. time in a row; next try in {Pause}"
    )]
    private partial void LogFailed(Exception exception, PostId post, int failures, TimeSpan pause);
}
