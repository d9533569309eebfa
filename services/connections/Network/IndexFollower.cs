using System.Runtime.InteropServices;
using Platform.Connections.Network.Graph;
using Platform.Connections.Relationships;
using Platform.Connections.Watch;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Network;

/// <summary>Keeps a graph index current: applies what a reader of the record of changes meets.</summary>
internal sealed class IndexFollower(GraphIndex graph, TimeProvider time) : RecordFollower
{
    private const int BatchSize = 256;

    private readonly List<EdgeChange> _batch = [];
    private long _begun;
    private long _looked = time.GetTimestamp();
    private volatile Look _last = new(0, 0, 0);
    private volatile bool _hasCaughtUp;

    /// <summary>The index.</summary>
    public GraphIndex Graph => graph;

    /// <summary>How many looks have begun.</summary>
    public long LooksBegun => Volatile.Read(ref _begun);

    /// <summary>The last look that came to its end.</summary>
    public Look LastLook => _last;

    /// <summary>How long ago the last look came to its end; since this was made before the first.</summary>
    public TimeSpan SinceLastLook => time.GetElapsedTime(Volatile.Read(ref _looked));

    /// <summary>Raised after every look.</summary>
    public Signal LookEnded { get; } = new();

    /// <summary>Applies everything that a reader meets in one look.</summary>
    /// <returns>Whether it came to the end of the look; false when there was more than <paramref name="most"/>.</returns>
    public static async Task<bool> ApplyAsync(
        GraphIndex graph,
        RecordReader reader,
        long most,
        CancellationToken cancellationToken
    )
    {
        var batch = new List<EdgeChange>();
        await foreach (
            var changed in reader
                .LookAsync(cancellationToken: cancellationToken)
                .ConfigureAwait(false)
        )
        {
            if (most-- == 0)
            {
                return false;
            }
            Add(changed.Relationship, batch);
            if (batch.Count == BatchSize)
            {
                Apply(graph, batch, 0);
            }
        }
        Apply(graph, batch, reader.Tip);
        return true;
    }

    /// <summary>
    /// Says that what was changed before the feed was joined has been applied too. Until then nothing counts as settled, or
    /// the index would take it for something it knows.
    /// </summary>
    public void CaughtUp() => _hasCaughtUp = true;

    public override void Looking() => Interlocked.Increment(ref _begun);

    public override void Give(ChangedPair changed)
    {
        Add(changed.Relationship, _batch);
        if (_batch.Count == BatchSize)
        {
            Apply(graph, _batch, 0);
        }
    }

    public override void Looked(long from, long tip, RecordCursor cursor)
    {
        // also what is left of a look that did not come to its end: its changes are not given again
        Apply(graph, _batch, tip);
        if (_hasCaughtUp)
        {
            graph.Settle(cursor.Floor);
        }
        Volatile.Write(ref _looked, time.GetTimestamp());
        _last = new Look(_begun, from, tip);
        LookEnded.Raise();
    }

    private static void Add(Relationship relationship, List<EdgeChange> batch)
    {
        var pair = relationship.Pair;
        // the markers of erased members are no pairs
        if (pair.Low.Length > 0)
        {
            batch.Add(
                new EdgeChange(
                    pair.Low,
                    pair.High,
                    relationship.ListOf(Side.Low) == RelationshipList.Connections,
                    relationship.StateTime.ToUnixTimeMilliseconds(),
                    relationship.Revision
                )
            );
        }
    }

    private static void Apply(GraphIndex graph, List<EdgeChange> batch, long revision)
    {
        graph.Apply(CollectionsMarshal.AsSpan(batch), revision);
        batch.Clear();
    }

    /// <summary>A look of the feed.</summary>
    /// <param name="Number">Which look it was.</param>
    /// <param name="From">It found the changes after this revision.</param>
    /// <param name="Tip">The greatest revision met.</param>
    public sealed record Look(long Number, long From, long Tip);
}
