using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Feed.HomeFeed;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Watch;

/// <summary>Serves watchers of home feeds.</summary>
public sealed class WatchHandler(
    HomeFeedHandler feed,
    WatchedFeeds watched,
    IOptions<WatchOptions> options,
    TimeProvider time,
    ILoggerFactory loggers
)
{
    // clocks of replicas differ a little
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>Sends what happens in a viewer's feed until it is cancelled or the reader is dropped; never returns.</summary>
    /// <param name="cursor">Where to go on; empty begins now.</param>
    /// <param name="send">Sends one; completes when the reader has taken it, or there is room for it.</param>
    /// <exception cref="DomainException">See <c>HomeFeedService.WatchHomeFeed</c>.</exception>
    public async Task WatchAsync(
        string viewer,
        string cursor,
        Func<WatchEvent, Task> send,
        CancellationToken cancellationToken
    )
    {
        var from = cursor.Length == 0 ? null : Check(WatchCursor.Parse(cursor), viewer);
        var output = new StreamOutput<WatchEvent>(
            send,
            options.Value.HeartbeatInterval,
            options.Value.WriteTimeout,
            time
        );
        var stream = new HomeFeedStream(
            viewer,
            feed,
            output,
            options.Value,
            time,
            loggers.CreateLogger<HomeFeedStream>()
        );
        // before it reads: what is pushed after that is hinted at
        watched.Join(viewer, stream);
        try
        {
            await stream.RunAsync(from, cancellationToken);
        }
        finally
        {
            watched.Leave(viewer, stream);
        }
    }

    private WatchCursor Check(WatchCursor cursor, string viewer)
    {
        var now = time.GetUtcNow();
        if (
            cursor.ViewerKey != CursorKey.Of(viewer)
            || cursor.Time > now + ClockTolerance
            || cursor.Told.Any(told => told.Key.Time > now + ClockTolerance)
        )
        {
            throw CursorReader.Foreign();
        }
        return now - cursor.Time > options.Value.CursorLifetime
            ? throw new DomainException(
                ErrorReason.CursorExpired,
                "The cursor is too old; list the home feed and begin without one."
            )
            : cursor;
    }
}
