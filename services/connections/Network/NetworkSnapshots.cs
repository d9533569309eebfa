using Microsoft.Extensions.Options;
using Platform.Connections.Network.Graph;
using Platform.Connections.Storage;
using Platform.Connections.Watch;

namespace Platform.Connections.Network;

/// <summary>
/// Keeps the graph index in a file between two runs. Nothing is believed of a file but what it proves: that it is whole, that
/// it is of this store, and that the store still holds what it was made of. One that does not is refused with the reason, and
/// the index is loaded from the store.
/// </summary>
public sealed class NetworkSnapshots(IConnectionStore store, IOptions<NetworkOptions> options)
{
    // A change is read with its document, which takes more than ten times as long as a pair that is connected.
    private const int EdgesAChange = 16;
    private const int AlwaysWorthwhile = 10_000;
    private const int BufferSize = 1 << 20;

    /// <summary>Whether there is to be a file.</summary>
    public bool IsOn => options.Value.SnapshotPath.Length > 0;

    /// <summary>The revision of what the file holds; -1 when that is not known.</summary>
    public long SavedRevision { get; private set; } = -1;

    private string Path => options.Value.SnapshotPath;

    private string UnfinishedPath => Path + ".tmp";

    /// <summary>The index of the file, brought up to date from the record of changes.</summary>
    /// <returns>It, and the reader that it was brought up to date with; null when there is no file.</returns>
    /// <exception cref="InvalidDataException">The file is not to be trusted, or too old to be of use; the message says why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public async Task<(GraphIndex Graph, RecordReader Reader)?> TryLoadAsync(
        CancellationToken cancellationToken
    )
    {
        if (!IsOn || !File.Exists(Path))
        {
            return null;
        }
        var identity = await store.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var graph = await Task.Run(() => Read(identity), cancellationToken).ConfigureAwait(false);
        var saved = graph.Current.Revision;
        await RequireHeldAsync(graph, cancellationToken).ConfigureAwait(false);
        var reader = new RecordReader(store, new RecordCursor(graph.Settled, graph.Settled));
        var most = Math.Max(AlwaysWorthwhile, graph.Current.Edges / EdgesAChange);
        var isCurrent = await IndexFollower
            .ApplyAsync(graph, reader, most, cancellationToken)
            .ConfigureAwait(false);
        if (!isCurrent)
        {
            throw Refused(
                $"More than {most} pairs changed since: reading all of them anew is faster."
            );
        }
        SavedRevision = saved;
        return (graph, reader);
    }

    /// <summary>
    /// Writes an index. The file is there as a whole or not at all: it is written under another name, forced to the disk,
    /// and then takes the place of the one before.
    /// </summary>
    /// <exception cref="IOException">It cannot be written; the one before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public async Task SaveAsync(GraphIndex graph, CancellationToken cancellationToken)
    {
        var identity = await store.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var revision = graph.Current.Revision;
        await Task.Run(() => Write(graph, identity), cancellationToken).ConfigureAwait(false);
        SavedRevision = revision;
    }

    private GraphIndex Read(string identity)
    {
        using var file = new FileStream(
            Path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            BufferSize,
            FileOptions.SequentialScan
        );
        return GraphIndex.Load(file, identity);
    }

    private void Write(GraphIndex graph, string identity)
    {
        using (
            var file = new FileStream(
                UnfinishedPath,
                FileMode.Create,
                FileAccess.Write,
                // two processes that were given one path by mistake do not write over each other
                FileShare.None,
                BufferSize
            )
        )
        {
            graph.Save(file, identity);
            file.Flush(flushToDisk: true);
        }
        // The folder is not forced to the disk: after a power cut the file before may be there again, which is as good.
        File.Move(UnfinishedPath, Path, overwrite: true);
    }

    /// <summary>
    /// Requires of the store what the index has of it. A store that was put back to a backup has the name that it had, and may
    /// have changed beyond the index since then, but it has lost the changes that were the latest.
    /// </summary>
    private async Task RequireHeldAsync(GraphIndex graph, CancellationToken cancellationToken)
    {
        if (
            graph.Current.Revision
            > await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false)
        )
        {
            throw Refused("It is ahead of the store, which has been put back to an earlier state.");
        }
        foreach (var change in graph.Latest)
        {
            var held = await store
                .GetAsync(Relationships.MemberPair.Of(change.Low, change.High), cancellationToken)
                .ConfigureAwait(false);
            if (held.Revision < change.Revision)
            {
                throw Refused(
                    "The store lacks changes that it holds: it has been put back to an earlier state."
                );
            }
        }
    }

    private static InvalidDataException Refused(string why) =>
        new($"The snapshot cannot be used: {why}");
}
