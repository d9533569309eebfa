using Microsoft.Extensions.Options;

namespace Platform.Feed.Sources;

/// <summary>
/// What another service said about viewers who read lately, as long as its changes are told: whatever a change may have
/// made wrong is forgotten, and all of it when the changes are not told any more.
/// <para>
/// An answer is put into the facts that were taken before the question. A change that comes in between takes those out,
/// so what is found here is never older than the last change that was told.
/// </para>
/// </summary>
public sealed class ToldFacts<TFacts>(IOptions<SourceOptions> options)
    where TFacts : class, new()
{
    // Two generations: when the young one is full the old one goes, with everybody who did not read meanwhile.
    private readonly int _generation = (options.Value.CachedViewers + 1) / 2;
    private readonly Lock _gate = new();
    private Dictionary<string, TFacts> _young = new(StringComparer.Ordinal);
    private Dictionary<string, TFacts> _old = new(StringComparer.Ordinal);
    private bool _isTold;

    /// <summary>Whether changes are told, so that answers are kept.</summary>
    public bool IsTold
    {
        get
        {
            lock (_gate)
            {
                return _isTold;
            }
        }
    }

    /// <summary>What is known of a viewer, to be read and added to; null while nothing may be kept.</summary>
    public TFacts? Of(string viewer)
    {
        lock (_gate)
        {
            if (!_isTold || _generation == 0)
            {
                return null;
            }
            if (_young.TryGetValue(viewer, out var facts))
            {
                return facts;
            }
            if (!_old.Remove(viewer, out facts))
            {
                facts = new TFacts();
            }
            if (_young.Count >= _generation)
            {
                (_young, _old) = (new(StringComparer.Ordinal), _young);
            }
            _young.Add(viewer, facts);
            return facts;
        }
    }

    /// <summary>From now on every change is told.</summary>
    public void Begin() => Set(isTold: true);

    /// <summary>Changes are not told any more.</summary>
    public void End() => Set(isTold: false);

    /// <summary>Something changed that concerns a viewer.</summary>
    public void Forget(string viewer)
    {
        lock (_gate)
        {
            _young.Remove(viewer);
            _old.Remove(viewer);
        }
    }

    /// <summary>Something changed for more than can be told apart.</summary>
    public void ForgetAll()
    {
        lock (_gate)
        {
            _young.Clear();
            _old.Clear();
        }
    }

    private void Set(bool isTold)
    {
        lock (_gate)
        {
            _isTold = isTold;
            _young.Clear();
            _old.Clear();
        }
    }
}
