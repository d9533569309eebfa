using Microsoft.Extensions.Options;
using Platform.Feed.Storage;

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
    private readonly Lock _gate = new();
    private readonly RecentItems<string, TFacts> _facts = new(
        options.Value.CachedViewers,
        StringComparer.Ordinal
    );
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
            if (!_isTold || !_facts.IsOn)
            {
                return null;
            }
            if (_facts.Find(viewer) is { } known)
            {
                return known;
            }
            var facts = new TFacts();
            _facts.Set(viewer, facts);
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
            _facts.Remove(viewer);
        }
    }

    /// <summary>Something changed for more than can be told apart.</summary>
    public void ForgetAll()
    {
        lock (_gate)
        {
            _facts.Clear();
        }
    }

    private void Set(bool isTold)
    {
        lock (_gate)
        {
            _isTold = isTold;
            _facts.Clear();
        }
    }
}
