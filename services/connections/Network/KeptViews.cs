using Platform.Connections.Network.Graph;

namespace Platform.Connections.Network;

/// <summary>
/// Keeps the graphs of the last minutes that pages were given of, so that the next page is of the same moment. They share all
/// that did not change, so one costs little.
/// </summary>
public sealed class KeptViews(TimeProvider time)
{
    private const int Most = 64;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<(GraphView View, long Timestamp)> _kept = [];

    /// <summary>Keeps a graph for some minutes.</summary>
    public void Keep(GraphView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        lock (_gate)
        {
            Forget();
            if (_kept.First?.Value.View.Revision == view.Revision)
            {
                _kept.RemoveFirst();
            }
            _kept.AddFirst((view, time.GetTimestamp()));
            if (_kept.Count > Most)
            {
                _kept.RemoveLast();
            }
        }
    }

    /// <summary>The graph of a revision; null when it is not kept, or no longer, or on another replica.</summary>
    public GraphView? Find(long revision)
    {
        lock (_gate)
        {
            Forget();
            return _kept
                .Select(kept => kept.View)
                .FirstOrDefault(view => view.Revision == revision);
        }
    }

    private void Forget()
    {
        while (_kept.Last is { } last && time.GetElapsedTime(last.Value.Timestamp) >= Lifetime)
        {
            _kept.RemoveLast();
        }
    }
}
