using Microsoft.Extensions.Options;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Watch;

/// <summary>
/// Reads the record of changes once for all watchers of this process, and only while there are any. It looks when this
/// process has stored something, and every <see cref="WatchOptions.PollInterval"/> for what others have stored.
/// </summary>
public sealed partial class ChangeFeed(
    IConnectionStore store,
    ChangeSignal signal,
    IOptions<WatchOptions> options,
    TimeProvider time,
    ILogger<ChangeFeed> logger
) : BackgroundService
{
    // Between looks: under many writes each finds several changes, instead of each write causing a look.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);

    // On MongoDB the unsettled part of the record is seconds long. A look goes back by the time in which a change usually becomes
    // visible, and now and then over all of it, for what took longer. On SQLite both are nothing.
    private static readonly TimeSpan UsualDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ThoroughInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<LiveChanges> _joining = [];
    private readonly HashSet<LiveChanges> _ofAll = [];
    private readonly Dictionary<string, HashSet<LiveChanges>> _ofMembers = new(
        StringComparer.Ordinal
    );
    private readonly Queue<(long Timestamp, long Tip)> _looks = [];
    private RecordReader? _reader;
    private long _usualTip;
    private long _thoroughLook;
    private volatile Published _published = new(RecordCursor.Beginning);

    /// <summary>Up to where everything was given to those who had joined.</summary>
    internal RecordCursor Checkpoint => _published.Cursor;

    /// <summary>Gives a watcher all that comes from now on, until it is disposed of.</summary>
    /// <exception cref="DomainException">The store's, when nobody else watches and it does not answer.</exception>
    internal async Task<LiveChanges> JoinAsync(
        WatchFilter filter,
        CancellationToken cancellationToken
    )
    {
        var live = new LiveChanges(this, filter, options.Value.BufferSize);
        lock (_gate)
        {
            _joining.Add(live);
        }
        signal.Raise();
        try
        {
            await live.Joined.WaitAsync(cancellationToken).ConfigureAwait(false);
            return live;
        }
        catch
        {
            live.Dispose();
            throw;
        }
    }

    internal void Leave(LiveChanges live)
    {
        lock (_gate)
        {
            if (_joining.Remove(live) || _ofAll.Remove(live))
            {
                return;
            }
            if (
                live.Filter.Member is { } member
                && _ofMembers.TryGetValue(member, out var others)
                && others.Remove(live)
                && others.Count == 0
            )
            {
                _ofMembers.Remove(member);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var next = signal.Next;
            var isWatched = await LookAsync(stoppingToken).ConfigureAwait(false);
            if (isWatched)
            {
                await Task.Delay(Rest, time, stoppingToken).ConfigureAwait(false);
            }
            await next.WaitAsync(
                    isWatched ? options.Value.PollInterval : Timeout.InfiniteTimeSpan,
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
        var (waiting, isWatched) = Watchers();
        if (!isWatched)
        {
            _reader = null;
            return false;
        }
        try
        {
            _reader ??= await BeginAsync(cancellationToken).ConfigureAwait(false);
            var from = NextLook();
            await foreach (
                var changed in _reader.LookAsync(from, cancellationToken).ConfigureAwait(false)
            )
            {
                Give(changed);
            }
            _looks.Enqueue((time.GetTimestamp(), _reader.Tip));
            _published = new Published(_reader.Cursor);
            // what was acknowledged before they came is met by now: they are told of what comes next
            Admit(waiting);
        }
        catch (DomainException exception)
        {
            // the store is away: watchers stay and get the rest when it is back; who has just come is told
            LogFailed(exception);
            Refuse(exception);
        }
        return true;
    }

    // What happened before the first watcher came is met without telling anybody.
    private async Task<RecordReader> BeginAsync(CancellationToken cancellationToken)
    {
        var now = Math.Min(
            await store.GetRevisionAsync(cancellationToken).ConfigureAwait(false),
            store.SettledRevision(long.MaxValue)
        );
        var reader = new RecordReader(store, new RecordCursor(now, now));
        await foreach (
            var _ in reader.LookAsync(cancellationToken: cancellationToken).ConfigureAwait(false)
        ) { }
        _looks.Clear();
        _usualTip = 0;
        _thoroughLook = time.GetTimestamp();
        _published = new Published(reader.Cursor);
        return reader;
    }

    /// <summary>How far back the next look goes; 0 for all that is not settled.</summary>
    private long NextLook()
    {
        if (time.GetElapsedTime(_thoroughLook) >= ThoroughInterval)
        {
            _thoroughLook = time.GetTimestamp();
            return 0;
        }
        while (_looks.TryPeek(out var look) && time.GetElapsedTime(look.Timestamp) >= UsualDelay)
        {
            _usualTip = look.Tip;
            _looks.Dequeue();
        }
        return _usualTip;
    }

    private (List<LiveChanges> Waiting, bool IsWatched) Watchers()
    {
        lock (_gate)
        {
            return ([.. _joining], _joining.Count > 0 || _ofAll.Count > 0 || _ofMembers.Count > 0);
        }
    }

    private void Admit(List<LiveChanges> waiting)
    {
        lock (_gate)
        {
            // those who left meanwhile stay out
            foreach (var live in waiting.Where(_joining.Remove))
            {
                if (live.Filter.Member is not { } member)
                {
                    _ofAll.Add(live);
                }
                else if (_ofMembers.TryGetValue(member, out var others))
                {
                    others.Add(live);
                }
                else
                {
                    _ofMembers.Add(member, [live]);
                }
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

    private void Give(ChangedPair changed)
    {
        var pair = changed.Relationship.Pair;
        lock (_gate)
        {
            foreach (var live in _ofAll)
            {
                live.Give(changed);
            }
            GiveTo(pair.Low);
            GiveTo(pair.High);
        }

        void GiveTo(string member)
        {
            if (_ofMembers.TryGetValue(member, out var watchers))
            {
                foreach (var live in watchers)
                {
                    live.Give(changed);
                }
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Changes could not be read for watchers; trying again at the next look"
    )]
    private partial void LogFailed(Exception exception);

    // a cursor is two numbers, which are read while they are written
    private sealed record Published(RecordCursor Cursor);
}
