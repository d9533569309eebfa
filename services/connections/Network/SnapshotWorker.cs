using Microsoft.Extensions.Options;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Network;

/// <summary>
/// Writes the graph index to its file: when it has been loaded from the store, every
/// <see cref="NetworkOptions.SnapshotInterval"/> if anything changed, and at the end. A file that cannot be written is told in the
/// log; the next start takes longer, and that is all.
/// </summary>
public sealed partial class SnapshotWorker(
    NetworkSnapshots snapshots,
    NetworkIndex index,
    IOptions<NetworkOptions> options,
    TimeProvider time,
    ILogger<SnapshotWorker> logger
) : BackgroundService
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // what is being written is finished first: two writers would be in each other's way
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await SaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!snapshots.IsOn)
        {
            return;
        }
        await index.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(options.Value.SnapshotInterval, time);
        do
        {
            await SaveAsync(CancellationToken.None).ConfigureAwait(false);
        } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (
            !snapshots.IsOn
            || index.Graph is not { } graph
            || graph.Current.Revision == snapshots.SavedRevision
        )
        {
            return;
        }
        var started = time.GetTimestamp();
        try
        {
            await snapshots.SaveAsync(graph, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or DomainException)
        {
            LogFailed(exception);
            return;
        }
        LogSaved(snapshots.SavedRevision, time.GetElapsedTime(started).TotalSeconds);
    }

    [LoggerMessage(
        LogLevel.Information,
        "The graph index was written to its file: revision {Revision}, {Seconds:F1} s"
    )]
    private partial void LogSaved(long revision, double seconds);

    [LoggerMessage(
        LogLevel.Warning,
        "The graph index could not be written to its file; the next start will read all connections from the store"
    )]
    private partial void LogFailed(Exception exception);
}
