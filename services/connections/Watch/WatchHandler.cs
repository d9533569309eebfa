using Platform.Common.V1;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Paging;
using Platform.ServiceDefaults.Watching;

namespace Platform.Connections.Watch;

/// <summary>
/// Serves watchers. One that was away first reads the record by itself, at its own pace; then it joins the feed, which is
/// read once for all. Looking at the record once more after joining leaves no gap between the two.
/// </summary>
public sealed class WatchHandler(
    IConnectionStore store,
    IMemberStore members,
    ChangeFeed feed,
    TimeProvider time
)
{
    /// <summary>Sends changes until the watcher leaves or is dropped; never returns.</summary>
    /// <param name="filter">Which changes, and how much of them.</param>
    /// <param name="cursor">Where to go on; null for now.</param>
    /// <param name="heartbeat">After how long without a change a sign of life is sent.</param>
    /// <param name="send">Sends one; waits as long as the watcher does not take it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DomainException">See <c>ConnectionsService.WatchConnections</c>.</exception>
    public async Task WatchAsync(
        WatchFilter filter,
        RecordCursor? cursor,
        TimeSpan heartbeat,
        Func<WatchEvent, CancellationToken, Task> send,
        CancellationToken cancellationToken
    )
    {
        if (
            cursor is { } given
            && await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false)
                < given.Position
        )
        {
            throw StreamCursor.Foreign();
        }
        if (
            filter.IsMember
            && (
                await members.GetAsync(filter.Member!, cancellationToken).ConfigureAwait(false)
            ).IsErased
        )
        {
            throw new DomainException(
                ErrorReason.MemberDeleted,
                "The member is being erased, or has been."
            );
        }
        var stream = new WatchStream(filter, heartbeat, send, time);
        var reader = cursor is { } from ? new RecordReader(store, from) : null;
        var live = reader is null
            ? await feed.JoinAsync(filter, cancellationToken).ConfigureAwait(false)
            : await CatchingUp
                .JoinAsync<LiveChanges, LiveChange>(
                    token => ReadAsync(stream, reader, token),
                    token => feed.JoinAsync(filter, token),
                    cancellationToken
                )
                .ConfigureAwait(false);
        using (live)
        {
            var met = reader?.Cursor ?? live.Checkpoint;
            // a first cursor for who has none, and word for who had one that the past is over
            await stream.SendAsync(null, met, cancellationToken).ConfigureAwait(false);
            await FollowAsync(stream, live, reader, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ReadAsync(
        WatchStream stream,
        RecordReader reader,
        CancellationToken cancellationToken
    )
    {
        await foreach (
            var changed in reader
                .LookAsync(cancellationToken: cancellationToken)
                .ConfigureAwait(false)
        )
        {
            if (!stream.Filter.Concerns(changed.Relationship.Pair))
            {
                if (stream.Heartbeat.IsDue)
                {
                    await stream
                        .SendAsync(null, changed.Cursor, cancellationToken)
                        .ConfigureAwait(false);
                }
                continue;
            }
            if (changed.HasLostChanges)
            {
                throw Expired();
            }
            foreach (var change in changed.Changes)
            {
                if (stream.Filter.See(change) is { } seen)
                {
                    await stream
                        .SendAsync(seen, changed.CursorAfter(change), cancellationToken)
                        .ConfigureAwait(false);
                }
            }
        }
    }

    /// <param name="stream">Where to send.</param>
    /// <param name="live">What the feed gives.</param>
    /// <param name="reader">What was read before joining, and may be given again; null if nothing was.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private static async Task FollowAsync(
        WatchStream stream,
        LiveChanges live,
        RecordReader? reader,
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
                if (reader is not null && checkpoint.Position >= reader.Tip)
                {
                    reader = null;
                }
                if (live.Reader.TryRead(out var next))
                {
                    if (reader?.HasMet(next.Change.Pair, next.Change.Revision) != true)
                    {
                        await stream
                            .SendAsync(next.Change, next.Cursor, ending.Token)
                            .ConfigureAwait(false);
                    }
                    continue;
                }
                if (live.EndedBy is { } reason)
                {
                    throw Ended(reason);
                }
                // the buffer was found empty after the checkpoint was read: all up to it was sent
                stream.Met(checkpoint);
                if (stream.Heartbeat.IsDue)
                {
                    await stream.SendAsync(null, checkpoint, ending.Token).ConfigureAwait(false);
                }
                if (more.IsCompleted)
                {
                    more = live.Reader.WaitToReadAsync(cancellationToken).AsTask();
                }
                await stream.Heartbeat.WaitAsync(more, ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
            when (live.EndedBy is not null && !cancellationToken.IsCancellationRequested)
        {
            throw Ended(live.EndedBy.Value);
        }
    }

    private static DomainException Ended(ErrorReason reason) =>
        reason == ErrorReason.SlowConsumer
            ? new DomainException(reason, "The reader was too slow; resume from the last cursor.")
            : Expired();

    private static DomainException Expired() =>
        new(
            ErrorReason.CursorExpired,
            "A pair changed more often since the cursor than the record of changes keeps."
        );
}
