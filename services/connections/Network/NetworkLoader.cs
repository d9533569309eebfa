using Platform.Connections.Network.Graph;
using Platform.Connections.Storage;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>
/// Loads the graph index at start: all connections out of the store, then what changed meanwhile, then whatever comes. Only a
/// whole index is served; a load that fails half-way begins anew.
/// </summary>
public sealed partial class NetworkLoader(
    IConnectionStore store,
    ChangeFeed feed,
    NetworkIndex index,
    TimeProvider time,
    ILogger<NetworkLoader> logger
) : BackgroundService
{
    // some megabytes, and well below what a store answers in time
    private const int PageSize = 5000;
    private const int ProgressEvery = 500_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await LoadAsync(stoppingToken).ConfigureAwait(false);
                return;
            }
            catch (DomainException exception)
            {
                // the store is away; checks are refused for the same reason, and the index is not missed alone
                LogFailed(exception, pause);
            }
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // everything up to here is visible to the pages that are read next
        var settled = Math.Min(
            await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false),
            store.SettledRevision(long.MaxValue)
        );
        var graph = await ReadAllAsync(settled, cancellationToken).ConfigureAwait(false);
        var reader = new RecordReader(store, new RecordCursor(settled, settled));
        await IndexFollower.ApplyAsync(graph, reader, cancellationToken).ConfigureAwait(false);
        var follower = new IndexFollower(graph);
        try
        {
            await feed.FollowAsync(follower, cancellationToken).ConfigureAwait(false);
            // looking once more after joining leaves no gap between the two
            await IndexFollower.ApplyAsync(graph, reader, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            feed.Unfollow(follower);
            throw;
        }
        follower.CaughtUp();
        index.Serve(follower);
        var view = graph.Current;
        LogLoaded(
            view.ConnectedMembers,
            view.Edges,
            view.Revision,
            time.GetElapsedTime(started).TotalSeconds
        );
    }

    private async Task<GraphIndex> ReadAllAsync(long settled, CancellationToken cancellationToken)
    {
        var builder = new GraphBuilder();
        ConnectedPair? after = null;
        var toReport = (long)ProgressEvery;
        while (true)
        {
            var page = await store
                .ListConnectedAsync(after, PageSize, cancellationToken)
                .ConfigureAwait(false);
            foreach (var connected in page)
            {
                builder.Add(
                    connected.Pair.Low,
                    connected.Pair.High,
                    connected.Time.ToUnixTimeMilliseconds()
                );
            }
            if (page.Count < PageSize)
            {
                return builder.Build(settled);
            }
            after = page[^1];
            cancellationToken.ThrowIfCancellationRequested();
            if (builder.Added >= toReport)
            {
                LogProgress(builder.Added);
                toReport += ProgressEvery;
            }
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Loading the graph index: {Connections} connections so far"
    )]
    private partial void LogProgress(long connections);

    [LoggerMessage(
        LogLevel.Information,
        "The graph index is loaded: {Members} members, {Connections} connections, revision {Revision}, {Seconds:F1} s"
    )]
    private partial void LogLoaded(int members, long connections, long revision, double seconds);

    [LoggerMessage(
        LogLevel.Warning,
        "The graph index could not be loaded; network queries are refused; trying again in {Pause}"
    )]
    private partial void LogFailed(Exception exception, TimeSpan pause);
}
