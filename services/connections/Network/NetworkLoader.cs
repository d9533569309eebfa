using Platform.Connections.Network.Graph;
using Platform.Connections.Storage;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>
/// Loads the graph index at start: out of its file, or all connections out of the store, then what changed meanwhile, then
/// whatever comes. Only a whole index is served; a load that fails half-way begins anew.
/// </summary>
public sealed partial class NetworkLoader(
    IConnectionStore store,
    NetworkSnapshots snapshots,
    ChangeFeed feed,
    NetworkIndex index,
    TimeProvider time,
    ILogger<NetworkLoader> logger
) : BackgroundService
{
    // some megabytes, and well below what a store answers in time
    private const int PageSize = 5000;
    private const int ProgressEvery = 500_000;

    // of so many changes before the load the index remembers that the store held them
    private const int ToRemember = 32;

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
        var (graph, reader) =
            await TryLoadSnapshotAsync(cancellationToken).ConfigureAwait(false)
            ?? await LoadAllAsync(cancellationToken).ConfigureAwait(false);
        var follower = new IndexFollower(graph, time);
        try
        {
            await feed.FollowAsync(follower, cancellationToken).ConfigureAwait(false);
            // looking once more after joining leaves no gap between the two
            await IndexFollower
                .ApplyAsync(graph, reader, long.MaxValue, cancellationToken)
                .ConfigureAwait(false);
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

    private async Task<(GraphIndex, RecordReader)?> TryLoadSnapshotAsync(
        CancellationToken cancellationToken
    )
    {
        try
        {
            var loaded = await snapshots.TryLoadAsync(cancellationToken).ConfigureAwait(false);
            if (loaded is not null)
            {
                LogFromSnapshot();
            }
            return loaded;
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogRefused(exception.Message);
            return null;
        }
    }

    private async Task<(GraphIndex, RecordReader)> LoadAllAsync(CancellationToken cancellationToken)
    {
        // everything up to here is visible to the pages that are read next
        var newest = await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false);
        var settled = Math.Min(newest, store.SettledRevision(long.MaxValue));
        var graph = await ReadAllAsync(settled, cancellationToken).ConfigureAwait(false);
        var from = Math.Max(0, Math.Min(newest - ToRemember, settled));
        var reader = new RecordReader(store, new RecordCursor(from, from));
        await IndexFollower
            .ApplyAsync(graph, reader, long.MaxValue, cancellationToken)
            .ConfigureAwait(false);
        return (graph, reader);
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
        LogLevel.Information,
        "The graph index is that of its file and of the changes since"
    )]
    private partial void LogFromSnapshot();

    [LoggerMessage(
        LogLevel.Warning,
        "The file of the graph index is not used; all connections are read from the store. {Reason}"
    )]
    private partial void LogRefused(string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The graph index could not be loaded; network queries are refused; trying again in {Pause}"
    )]
    private partial void LogFailed(Exception exception, TimeSpan pause);
}
