using Microsoft.Extensions.Options;
using Platform.Common.V1;
using Platform.Feed.Posts;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Storage;

/// <summary>
/// Posts for readers of home feeds, most of whom read the same ones. A reading looks at <see cref="IPostChanges"/> when it begins, and
/// forgets what changed since somebody looked last: so an acknowledged edit or deletion holds for every reading that begins after it, on
/// every replica. Where the changes cannot be read, nothing that is kept is used.
/// </summary>
public sealed class CachedPosts(
    IPostStore posts,
    IPostChanges changes,
    IOptions<PostOptions> options,
    TimeProvider time
) : IDisposable
{
    private readonly TimeSpan _life = options.Value.CacheTime;
    private readonly RecentItems<PostId, Kept> _kept = new(options.Value.CachedPosts);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _following = new(1, 1);
    private string? _latest;

    // counts the times that something was forgotten: what was read from the store before may be what was forgotten
    private long _forgotten;

    /// <summary>Begins a reading.</summary>
    /// <returns>Whether it may use what is kept.</returns>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        if (!_kept.IsOn)
        {
            return false;
        }
        try
        {
            var latest = await changes.GetLatestAsync(cancellationToken);
            if (!IsKnown(latest))
            {
                await FollowAsync(latest, cancellationToken);
            }
            return true;
        }
        catch (DomainException exception) when (exception.Reason == ErrorReason.StoreUnavailable)
        {
            return false;
        }
    }

    /// <summary>The posts that exist and are not deleted, in no particular order, each once.</summary>
    /// <param name="mayUseKept">What <see cref="BeginAsync"/> answered to this reading.</param>
    public async Task<IReadOnlyList<Post>> GetManyAsync(
        IReadOnlyCollection<PostId> ids,
        bool mayUseKept,
        CancellationToken cancellationToken
    )
    {
        if (!mayUseKept)
        {
            return await posts.GetManyAsync(ids, cancellationToken);
        }
        var found = new List<Post>(ids.Count);
        List<PostId>? missing = null;
        var now = time.GetTimestamp();
        long forgotten;
        lock (_gate)
        {
            forgotten = _forgotten;
            foreach (var id in ids)
            {
                if (_kept.Find(id) is { } kept && time.GetElapsedTime(kept.Since, now) < _life)
                {
                    found.Add(kept.Post);
                }
                else
                {
                    (missing ??= []).Add(id);
                }
            }
        }
        if (missing is null)
        {
            return found;
        }
        var read = await posts.GetManyAsync(missing, cancellationToken);
        lock (_gate)
        {
            if (forgotten == _forgotten)
            {
                foreach (var post in read)
                {
                    _kept.Set(post.Id, new Kept(post, now));
                }
            }
        }
        found.AddRange(read);
        return found;
    }

    public void Dispose() => _following.Dispose();

    private bool IsKnown(string? latest)
    {
        lock (_gate)
        {
            return latest == _latest;
        }
    }

    // one at a time, so that what is followed never goes back
    private async Task FollowAsync(string? latest, CancellationToken cancellationToken)
    {
        await _following.WaitAsync(cancellationToken);
        try
        {
            if (IsKnown(latest))
            {
                return;
            }
            var last = await changes.ListAsync(cancellationToken);
            lock (_gate)
            {
                Forget(last);
            }
        }
        finally
        {
            _following.Release();
        }
    }

    private void Forget(IReadOnlyList<(string Name, PostId? Post)> last)
    {
        _forgotten++;
        foreach (var (name, post) in last)
        {
            if (name == _latest)
            {
                _latest = last[0].Name;
                return;
            }
            if (post is not { } changed)
            {
                break;
            }
            _kept.Remove(changed);
        }
        // more than is listed, or what was listed is lost
        _kept.Clear();
        _latest = last.Count == 0 ? null : last[0].Name;
    }

    private sealed record Kept(Post Post, long Since);
}
