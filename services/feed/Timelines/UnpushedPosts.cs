using Microsoft.Extensions.Options;
using Platform.Feed.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Feed.Timelines;

/// <summary>
/// Keeps what the fan-out has not put into timelines: posts under way, and posts that readers pull because their author or
/// a hashtag has so many followers. It is the same for all readers of this replica, and few where all is well, so that it
/// is read from the store a few times a second and not with every page.
/// </summary>
public sealed class UnpushedPosts(
    IPostStore posts,
    IOptions<TimelineOptions> options,
    TimeProvider time
)
{
    /// <summary>
    /// The most that is looked through for a reader. Where there is more, timelines are built anew from the store instead.
    /// </summary>
    public const int Most = 1000;

    /// <summary>How old what readers get may be.</summary>
    public static readonly TimeSpan RefreshEvery = TimeSpan.FromMilliseconds(200);

    // how long a timeline goes without being built anew, and what is added to that for one that is just being read
    private readonly TimeSpan _reach =
        options.Value.RefreshAfter + UnpushedSnapshot.Margin + TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Reading? _latest;

    /// <summary>
    /// What is not pushed. Whoever reads a timeline takes this first: what is pushed in between is then found in both,
    /// and not in neither.
    /// </summary>
    /// <param name="fresh">Whether it must be read after this call began.</param>
    /// <exception cref="DomainException"><c>STORE_UNAVAILABLE</c>.</exception>
    public ValueTask<UnpushedSnapshot> GetAsync(bool fresh, CancellationToken cancellationToken)
    {
        Task<UnpushedSnapshot> reading;
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (
                fresh
                || _latest is not { Task.IsFaulted: false } latest
                || (latest.Task.IsCompleted && now - latest.BeginTime >= RefreshEvery)
            )
            {
                // for all who wait: it does not end with the one who began it, and does not begin within the lock
                _latest = new Reading(Task.Run(() => ReadAsync(now), CancellationToken.None), now);
            }
            reading = _latest.Task;
        }
        return reading.IsCompletedSuccessfully
            ? ValueTask.FromResult(reading.Result)
            : new ValueTask<UnpushedSnapshot>(reading.WaitAsync(cancellationToken));
    }

    /// <summary>Lets the next reader see a change of which this process knows.</summary>
    public void Outdate()
    {
        lock (_gate)
        {
            _latest = null;
        }
    }

    private async Task<UnpushedSnapshot> ReadAsync(DateTimeOffset now)
    {
        var after = now - _reach;
        return new UnpushedSnapshot(
            await posts.ListUnpushedAsync(after, Most, CancellationToken.None),
            after
        );
    }

    private sealed record Reading(Task<UnpushedSnapshot> Task, DateTimeOffset BeginTime);
}
