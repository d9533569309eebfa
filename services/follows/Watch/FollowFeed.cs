using Microsoft.Extensions.Options;
using Platform.Follows.Follows;
using Platform.Follows.Storage;
using Platform.ServiceDefaults.Errors;
using Platform.ServiceDefaults.Hosting;

namespace Platform.Follows.Watch;

/// <summary>
/// Reads the record of changes once for all watchers of this process, and only those buckets that somebody watches.
/// </summary>
public sealed partial class FollowFeed(
    IFollowRecord record,
    IOptions<FollowsOptions> options,
    TimeProvider time,
    ILogger<FollowFeed> logger
) : BackgroundService
{
    /// <summary>
    /// How far the clocks of replicas may differ, with the time that a command may be under way: a change is numbered by the
    /// clock of the replica that makes it. A cursor lies so far behind the present.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    // of each bucket and look; one that holds more is asked again at once
    private const int ReadTogether = 500;
    private const long Unknown = -1;

    private readonly Lock _gate = new();
    private readonly List<LiveFollows> _joining = [];
    private readonly HashSet<LiveFollows> _watchers = [];
    private readonly long[] _positions = [.. Enumerable.Repeat(Unknown, FollowKeys.Buckets)];
    private readonly Signal _came = new();
    private long _checkpoint;

    /// <summary>Up to which number everything was given to those who had joined.</summary>
    internal long Checkpoint => Volatile.Read(ref _checkpoint);

    /// <summary>Gives a watcher all that comes from now on, until it is disposed of.</summary>
    /// <exception cref="DomainException">The store's, when it does not answer.</exception>
    internal async Task<LiveFollows> JoinAsync(
        FollowWatchFilter filter,
        CancellationToken cancellationToken
    )
    {
        var live = new LiveFollows(this, filter, options.Value.WatchBuffer);
        lock (_gate)
        {
            _joining.Add(live);
        }
        _came.Raise();
        try
        {
            await live.Joined.WaitAsync(cancellationToken);
            return live;
        }
        catch
        {
            live.Dispose();
            throw;
        }
    }

    internal void Leave(LiveFollows live)
    {
        lock (_gate)
        {
            _joining.Remove(live);
            _watchers.Remove(live);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var came = _came.Next;
            var isWatched = await LookAsync(stoppingToken);
            await came.WaitAsync(
                    isWatched ? options.Value.WatchInterval : Timeout.InfiniteTimeSpan,
                    time,
                    stoppingToken
                )
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    /// <returns>Whether anybody watches.</returns>
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var (waiting, buckets) = Watched();
        if (buckets.Length == 0)
        {
            return false;
        }
        try
        {
            // a change that becomes visible from here on is numbered by a clock that is at most this far behind
            var settled = FollowSequence.Of(time.GetUtcNow() - Settling);
            await BeginAsync(buckets, cancellationToken);
            // from here on they are given what comes; what was acknowledged before they came is not read any more, or once too often
            Admit(waiting);
            var places = buckets.Select(bucket => (bucket, _positions[bucket])).ToList();
            while (places.Count > 0)
            {
                var read = await record.ReadAsync(places, ReadTogether, cancellationToken);
                var more = new List<(int, long)>();
                for (var index = 0; index < places.Count; index++)
                {
                    if (read[index] is not [.., var last])
                    {
                        continue;
                    }
                    Give(read[index]);
                    var bucket = places[index].bucket;
                    _positions[bucket] = last.Sequence;
                    if (read[index].Count == ReadTogether)
                    {
                        more.Add((bucket, last.Sequence));
                    }
                }
                places = more;
            }
            Volatile.Write(ref _checkpoint, settled);
        }
        catch (DomainException exception)
        {
            // the store is away: watchers stay and get the rest when it is back; who has just come is told
            LogFailed(exception);
            Refuse(exception);
        }
        return true;
    }

    /// <summary>Buckets that were not watched until now are met up to their last change, without telling anybody.</summary>
    private async Task BeginAsync(int[] buckets, CancellationToken cancellationToken)
    {
        int[] fresh = [.. buckets.Where(bucket => _positions[bucket] == Unknown)];
        if (fresh.Length == 0)
        {
            return;
        }
        var tips = await record.ReadTipsAsync(fresh, cancellationToken);
        for (var index = 0; index < fresh.Length; index++)
        {
            _positions[fresh[index]] = tips[index];
        }
    }

    private (List<LiveFollows> Waiting, int[] Buckets) Watched()
    {
        lock (_gate)
        {
            var watched = _joining.Concat(_watchers).Select(live => live.Filter.Bucket).ToHashSet();
            int[] buckets = watched.Contains(null)
                ? [.. Enumerable.Range(0, FollowKeys.Buckets)]
                : [.. watched.Select(bucket => bucket!.Value)];
            if (buckets.Length < FollowKeys.Buckets)
            {
                var wanted = buckets.ToHashSet();
                for (var bucket = 0; bucket < FollowKeys.Buckets; bucket++)
                {
                    if (!wanted.Contains(bucket))
                    {
                        _positions[bucket] = Unknown;
                    }
                }
            }
            return ([.. _joining], buckets);
        }
    }

    private void Admit(List<LiveFollows> waiting)
    {
        lock (_gate)
        {
            // those who left meanwhile stay out
            foreach (var live in waiting.Where(_joining.Remove))
            {
                _watchers.Add(live);
                live.Join();
            }
        }
    }

    private void Refuse(DomainException exception)
    {
        lock (_gate)
        {
            foreach (var live in _joining)
            {
                live.Fail(exception);
            }
            _joining.Clear();
        }
    }

    private void Give(IReadOnlyList<RecordedFollow> changes)
    {
        lock (_gate)
        {
            foreach (var live in _watchers)
            {
                foreach (var change in changes)
                {
                    live.Give(change);
                }
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Changes of follows could not be read for watchers; trying again at the next look"
    )]
    private partial void LogFailed(Exception exception);
}
