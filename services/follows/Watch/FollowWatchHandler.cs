using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Watching;

namespace Platform.Follows.Watch;

/// <summary>
/// Serves watchers. One that was away first reads the record by itself, at its own pace; then it joins the feed, which is
/// read once for all. Reading the record once more after joining leaves no gap between the two.
/// </summary>
public sealed class FollowWatchHandler(
    IFollowRecord record,
    FollowFeed feed,
    IOptions<FollowsOptions> options,
    TimeProvider time
)
{
    // so many buckets are read at once, and so much of each, while catching up
    private const int BucketsTogether = 128;
    private const int ReadTogether = 500;

    /// <summary>Sends changes until the watcher leaves or is dropped; never returns.</summary>
    /// <param name="cursor">Where to go on; null for now.</param>
    /// <param name="heartbeat">After how long without a change a sign of life is sent.</param>
    /// <param name="send">Sends one; waits as long as the watcher does not take it.</param>
    /// <exception cref="DomainException">See <c>FollowsService.WatchFollows</c>.</exception>
    public async Task WatchAsync(
        FollowWatchFilter filter,
        FollowCursor? cursor,
        TimeSpan heartbeat,
        Func<FollowWatchEvent, CancellationToken, Task> send,
        CancellationToken cancellationToken
    )
    {
        if (cursor is { } given)
        {
            RequireKept(given);
        }
        var sent = new Sent(send, heartbeat, time) { Cursor = cursor ?? FollowCursor.Beginning };
        // of each bucket, up to where it was read here: the feed may give that again
        var met = new long[FollowKeys.Buckets];
        var live = cursor is null
            ? await feed.JoinAsync(filter, cancellationToken)
            : await CatchingUp.JoinAsync<LiveFollows, RecordedFollow>(
                token => ReadAsync(filter, sent, met, token),
                token => feed.JoinAsync(filter, token),
                cancellationToken
            );
        using (live)
        {
            if (cursor is null)
            {
                sent.Cursor = FollowCursor.Met(
                    FollowSequence.Of(time.GetUtcNow() - FollowFeed.Settling)
                );
            }
            // a first cursor for who has none, and word for who had one that the past is over
            await sent.SendAsync(null, cancellationToken);
            await FollowAsync(live, sent, met, cancellationToken);
        }
    }

    private void RequireKept(FollowCursor cursor)
    {
        var now = time.GetUtcNow();
        if (cursor.Until > FollowSequence.Of(now + FollowFeed.Settling))
        {
            throw StreamCursor.Foreign();
        }
        if (
            cursor.After > 0
            && cursor.After < FollowSequence.Of(now - options.Value.RecordRetention)
        )
        {
            throw new DomainException(
                ErrorReason.CursorExpired,
                "The record of changes does not go back to the cursor any more."
            );
        }
    }

    /// <summary>Sends what stands in the record after the cursor, or after what was met of a bucket.</summary>
    private async Task ReadAsync(
        FollowWatchFilter filter,
        Sent sent,
        long[] met,
        CancellationToken cancellationToken
    )
    {
        var from = sent.Cursor;
        var settled = Math.Max(
            from.Until,
            FollowSequence.Of(time.GetUtcNow() - FollowFeed.Settling)
        );
        int[] buckets = filter.Bucket is { } one
            ? [one]
            : [.. Enumerable.Range(0, FollowKeys.Buckets)];
        foreach (var some in buckets.Chunk(BucketsTogether))
        {
            var places = some.Select(bucket =>
                    (Bucket: bucket, After: Math.Max(from.AfterIn(bucket), met[bucket]))
                )
                .ToList();
            while (places.Count > 0)
            {
                var read = await record.ReadAsync(places, ReadTogether, cancellationToken);
                var more = new List<(int Bucket, long After)>();
                for (var index = 0; index < places.Count; index++)
                {
                    foreach (var change in read[index])
                    {
                        if (filter.Concerns(change))
                        {
                            await sent.SendAsync(change, cancellationToken);
                        }
                        met[places[index].Bucket] = change.Sequence;
                    }
                    if (read[index].Count == ReadTogether)
                    {
                        more.Add((places[index].Bucket, read[index][^1].Sequence));
                    }
                }
                places = more;
                if (sent.Heartbeat.IsDue)
                {
                    await sent.SendAsync(null, cancellationToken);
                }
            }
            // whoever breaks off goes on with the next buckets
            sent.Cursor =
                some[^1] == buckets[^1]
                    ? FollowCursor.Met(settled)
                    : new FollowCursor(from.After, some[^1] + 1, settled);
        }
    }

    private static async Task FollowAsync(
        LiveFollows live,
        Sent sent,
        long[] met,
        CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            live.Ended
        );
        var more = live.Reader.WaitToReadAsync(cancellationToken).AsTask();
        try
        {
            while (true)
            {
                var checkpoint = live.Checkpoint;
                while (live.Reader.TryRead(out var next))
                {
                    if (next.Sequence > met[FollowKeys.BucketOf(next.Pair.Follower)])
                    {
                        await sent.SendAsync(next, ending.Token);
                    }
                }
                ending.Token.ThrowIfCancellationRequested();
                // the buffer was found empty after the checkpoint was read: all up to it was sent
                if (checkpoint > sent.Cursor.Until)
                {
                    sent.Cursor = FollowCursor.Met(checkpoint);
                }
                if (sent.Heartbeat.IsDue)
                {
                    await sent.SendAsync(null, ending.Token);
                }
                if (more.IsCompleted)
                {
                    more = live.Reader.WaitToReadAsync(cancellationToken).AsTask();
                }
                await sent.Heartbeat.WaitAsync(more, ending.Token);
            }
        }
        catch (OperationCanceledException)
            when (live.EndedBy is not null && !cancellationToken.IsCancellationRequested)
        {
            throw new DomainException(
                ErrorReason.SlowConsumer,
                "The reader was too slow; resume from the last cursor."
            );
        }
    }

    /// <summary>What one watcher has been sent.</summary>
    private sealed class Sent(
        Func<FollowWatchEvent, CancellationToken, Task> send,
        TimeSpan heartbeat,
        TimeProvider time
    )
    {
        public HeartbeatClock Heartbeat { get; } = new(heartbeat, time);

        public FollowCursor Cursor { get; set; }

        public async Task SendAsync(RecordedFollow? change, CancellationToken cancellationToken)
        {
            await send(new FollowWatchEvent(change, Cursor), cancellationToken);
            Heartbeat.Sent();
        }
    }
}
