namespace Platform.Feed.Timelines;

/// <summary>
/// Which timelines this replica is building, each once at a time. A build goes on when the one who began it does not wait any more: it is
/// for their next read, and for others.
/// </summary>
public sealed class TimelineBuilds
{
    /// <summary>How many may be built at a time only because they are old: readers who need a timeline at once come first.</summary>
    public const int MostRefreshes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<BuiltTimeline>> _running = new(StringComparer.Ordinal);
    private int _refreshes;

    /// <summary>Begins a build, unless one of this member is under way.</summary>
    /// <returns>The one that is under way, and whether it was begun by this call.</returns>
    public (Task<BuiltTimeline> Build, bool IsOwn) JoinOrBegin(
        string member,
        Func<Task<BuiltTimeline>> build
    )
    {
        lock (_gate)
        {
            return _running.TryGetValue(member, out var running)
                ? (running, false)
                : (Begin(member, build, isRefresh: false), true);
        }
    }

    /// <summary>Begins a build that can wait; null if it has to, because of others.</summary>
    public Task<BuiltTimeline>? TryRefresh(string member, Func<Task<BuiltTimeline>> build)
    {
        lock (_gate)
        {
            return _refreshes < MostRefreshes && !_running.ContainsKey(member)
                ? Begin(member, build, isRefresh: true)
                : null;
        }
    }

    private Task<BuiltTimeline> Begin(
        string member,
        Func<Task<BuiltTimeline>> build,
        bool isRefresh
    )
    {
        _refreshes += isRefresh ? 1 : 0;
        // without the context of the call that begins it: its deadline and its end would be those of the calls to others
        using (ExecutionContext.SuppressFlow())
        {
            // not within the lock, where it may run to its end
            return _running[member] = Task.Run(RunAsync);
        }

        async Task<BuiltTimeline> RunAsync()
        {
            try
            {
                return await build();
            }
            finally
            {
                lock (_gate)
                {
                    _running.Remove(member);
                    _refreshes -= isRefresh ? 1 : 0;
                }
            }
        }
    }
}
