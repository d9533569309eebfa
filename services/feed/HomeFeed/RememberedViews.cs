using Microsoft.Extensions.Options;
using Platform.Feed.Sources;
using Platform.Feed.Storage;

namespace Platform.Feed.HomeFeed;

/// <summary>The last view of each viewer in each order: who looks again mostly finds that nothing has changed.</summary>
public sealed class RememberedViews(IOptions<SourceOptions> options)
{
    private readonly Lock _gate = new();
    private readonly RecentItems<(string Viewer, FeedOrder Order), FeedView> _views = new(
        options.Value.CachedViewers
    );

    /// <summary>The last one; null if it is not remembered.</summary>
    public FeedView? Find(string viewer, FeedOrder order)
    {
        lock (_gate)
        {
            return _views.Find((viewer, order));
        }
    }

    /// <summary>Remembers one in the place of the last.</summary>
    public void Set(string viewer, FeedOrder order, FeedView view)
    {
        lock (_gate)
        {
            _views.Set((viewer, order), view);
        }
    }
}
