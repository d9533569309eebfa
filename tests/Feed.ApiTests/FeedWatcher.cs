using Grpc.Core;
using Platform.Feed.V1;
using Platform.Testing;
using EventOneofCase = Platform.Feed.V1.WatchHomeFeedResponse.EventOneofCase;

namespace Platform.Tests.Feed.ApiTests;

/// <summary>A device that shows a home feed live, and keeps what it saw.</summary>
public sealed class FeedWatcher : IAsyncDisposable
{
    private readonly AsyncServerStreamingCall<WatchHomeFeedResponse> _call;
    private readonly List<WatchHomeFeedResponse> _seen = [];
    private readonly Task _reading;

    private FeedWatcher(AsyncServerStreamingCall<WatchHomeFeedResponse> call)
    {
        _call = call;
        _reading = ReadAsync();
    }

    public IReadOnlyList<WatchHomeFeedResponse> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>Everything but heartbeats.</summary>
    public IReadOnlyList<WatchHomeFeedResponse> Events =>
        [.. Seen.Where(sent => sent.EventCase != EventOneofCase.Heartbeat)];

    /// <summary>The last that was seen.</summary>
    public string Cursor => Seen[^1].Cursor;

    /// <summary>What ended it; completes with the stream.</summary>
    public Task Ended => _reading;

    /// <summary>Opens a stream; returns once something came.</summary>
    public static async Task<FeedWatcher> OpenAsync(
        RunningService feed,
        string viewer,
        string cursor = ""
    )
    {
        var watcher = new FeedWatcher(
            new HomeFeedService.HomeFeedServiceClient(feed.As(viewer)).WatchHomeFeed(
                new WatchHomeFeedRequest { Cursor = cursor }
            )
        );
        await Eventually.HoldsAsync(
            "the first message of a stream",
            () => Task.FromResult(watcher.Seen.Count > 0 || watcher._reading.IsCompleted)
        );
        return watcher;
    }

    /// <summary>Waits for so many events, and describes all.</summary>
    public async Task<IReadOnlyList<string>> TellsAsync(int count)
    {
        await Eventually.HoldsAsync(
            $"{count} events of a home feed",
            () =>
                _reading.IsFaulted && Events.Count < count
                    ? throw _reading.Exception.InnerException!
                    : Task.FromResult(Events.Count >= count)
        );
        return [.. Events.Select(Describe)];
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static string Describe(WatchHomeFeedResponse sent) =>
        sent.EventCase == EventOneofCase.Removed
            ? $"-{sent.Removed.PostId}"
            : $"+{sent.Entry.Post.PostId} {sent.Entry.Post.Text}";

    private async Task ReadAsync()
    {
        await foreach (var sent in _call.ResponseStream.ReadAllAsync())
        {
            lock (_seen)
            {
                _seen.Add(sent);
            }
        }
    }
}
