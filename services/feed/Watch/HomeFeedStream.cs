using Platform.Feed.HomeFeed;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Watch;

/// <summary>
/// One stream of one viewer. It keeps nothing that is to be sent: when there may be something new, it reads the feed as any
/// reader would, and sends the difference to what its watcher knows.
/// </summary>
internal sealed partial class HomeFeedStream(
    string viewer,
    HomeFeedHandler feed,
    StreamOutput<WatchEvent> output,
    WatchOptions options,
    TimeProvider time,
    ILogger<HomeFeedStream> logger
)
{
    // to a busy feed several posts come with one reading
    private static readonly TimeSpan LeastBetweenReadings = TimeSpan.FromMilliseconds(100);

    private readonly ulong _viewerKey = CursorKey.Of(viewer);

    /// <summary>Something was pushed to the viewer's timeline.</summary>
    public void Hint() => output.Wake();

    /// <summary>Sends what happens until it is cancelled.</summary>
    /// <param name="cursor">What was told before; null begins now.</param>
    public async Task RunAsync(WatchCursor? cursor, CancellationToken cancellationToken)
    {
        var window = cursor is null
            ? FeedWindow.Begin(await ReadAsync(PostId.Newest, cancellationToken))
            : FeedWindow.Resume(cursor);
        if (cursor is not null)
        {
            await SendChangesAsync(window, cancellationToken);
        }
        await SendAsync(window, change: null);
        while (true)
        {
            await WaitAsync(window, cancellationToken);
            try
            {
                await SendChangesAsync(window, cancellationToken);
            }
            catch (DomainException exception)
                when (exception.Reason
                        is Common.V1.ErrorReason.DependencyUnavailable
                            or Common.V1.ErrorReason.StoreUnavailable
                )
            {
                // the watcher knows no less for it; the next reading tells what this one did not
                LogNotRead(exception.Reason, exception);
            }
        }
    }

    /// <summary>Waits until the feed is to be read: a push, or the time for what no push tells of.</summary>
    private async Task WaitAsync(FeedWindow window, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        await Task.Delay(LeastBetweenReadings, time, cancellationToken);
        while (
            options.ReadInterval - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero
        )
        {
            var quiet = output.UntilHeartbeat;
            if (quiet <= TimeSpan.Zero)
            {
                await SendAsync(window, change: null);
            }
            else if (await output.WaitAsync(quiet < left ? quiet : left, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task SendChangesAsync(FeedWindow window, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(window.Reach, cancellationToken);
        foreach (var change in window.ChangesIn(reading))
        {
            cancellationToken.ThrowIfCancellationRequested();
            window.Note(change);
            await SendAsync(window, change);
        }
    }

    /// <summary>
    /// Reads the feed from its newest entry, page by page, to a page that reaches <paramref name="reach"/>: one page, unless
    /// more has come than a page holds.
    /// </summary>
    private async Task<FeedReading> ReadAsync(PostId reach, CancellationToken cancellationToken)
    {
        var entries = new List<FeedEntry>(FeedWindow.Size);
        var isComplete = true;
        string? position = null;
        while (true)
        {
            var page = await feed.ListAsync(
                new HomeFeedQuery(viewer, FeedOrder.Recent, FeedWindow.Size, position),
                cancellationToken
            );
            entries.AddRange(page.Entries);
            isComplete &= page.Gaps.Count == 0 && !page.Rebuilding;
            position = page.NextPosition;
            if (position is null)
            {
                return new FeedReading(entries, From: default, isComplete);
            }
            if (entries[^1].Post.Id <= reach)
            {
                return new FeedReading(entries, entries[^1].Post.Id, isComplete);
            }
        }
    }

    private Task SendAsync(FeedWindow window, FeedChange? change) =>
        output.SendAsync(
            new WatchEvent(window.Cursor(_viewerKey, time.GetUtcNow()).ToString(), change)
        );

    [LoggerMessage(
        LogLevel.Warning,
        "A watched home feed could not be read ({Reason}); its stream waits for the next reading"
    )]
    private partial void LogNotRead(Common.V1.ErrorReason reason, Exception exception);
}
