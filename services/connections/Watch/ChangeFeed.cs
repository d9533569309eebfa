using Microsoft.Extensions.Options;
using Platform.Connections.Storage;
using Platform.ServiceDefaults.Errors;

namespace Platform.Connections.Watch;

/// <summary>
/// Reads the record of changes once for all watchers and followers of this process, and only while there are any. It looks when this
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
    private readonly List<RecordFollower> _joiningFollowers = [];
    private volatile RecordFollower[] _followers = [];
    private readonly Dictionary<string, HashSet<LiveChanges>> _ofMembers = new(
        StringComparer.Ordinal
    );
    private readonly Queue<(long Timestamp, long Tip)> _looks = [];
    private RecordReader? _reader;
    private long _usualTip;
    private long _thoroughLook;
    private long _lookedAt;
    private volatile Published _published = new(RecordCursor.Beginning);

    /// <summary>Up to where everything was given to those who had joined.</summary>
    internal RecordCursor Checkpoint => _published.Cursor;

    /// <summary>How long ago the last look came to its end; 0 while nobody watches.</summary>
    internal TimeSpan Lag =>
        Volatile.Read(ref _lookedAt) is not 0 and var looked
            ? time.GetElapsedTime(looked)
            : TimeSpan.Zero;

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

    /// <summary>Gives a follower all that comes from now on, as long as this process runs.</summary>
    /// <exception cref="DomainException">The store's, when it does not answer.</exception>
    internal Task FollowAsync(RecordFollower follower, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _joiningFollowers.Add(follower);
        }
        signal.Raise();
        return follower.Joined.WaitAsync(cancellationToken);
    }

    /// <summary>Gives a follower no more.</summary>
    internal void Unfollow(RecordFollower follower)
    {
        lock (_gate)
        {
            _joiningFollowers.Remove(follower);
            _followers = [.. _followers.Where(other => other != follower)];
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
            // only when something came while this looked: the first change after a quiet time is not held up
            if (isWatched && next.IsCompleted)
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
        var (waiting, followers, isWatched) = Watchers();
        if (!isWatched)
        {
            _reader = null;
            Volatile.Write(ref _lookedAt, 0);
            return false;
        }
        try
        {
            _reader ??= await BeginAsync(cancellationToken).ConfigureAwait(false);
            foreach (var follower in _followers)
            {
                follower.Looking();
            }
            var from = Math.Max(NextLook(), _reader.Cursor.Position);
            await foreach (
                var changed in _reader.LookAsync(from, cancellationToken).ConfigureAwait(false)
            )
            {
                Give(changed);
            }
            var now = time.GetTimestamp();
            _looks.Enqueue((now, _reader.Tip));
            Volatile.Write(ref _lookedAt, now);
            _published = new Published(_reader.Cursor);
            // what was acknowledged before they came is met by now: they are told of what comes next
            Admit(waiting, followers);
            foreach (var follower in _followers)
            {
                follower.Looked(from, _reader.Tip, _reader.Cursor);
            }
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

    private (List<LiveChanges> Waiting, List<RecordFollower> Followers, bool IsWatched) Watchers()
    {
        lock (_gate)
        {
            return (
                [.. _joining],
                [.. _joiningFollowers],
                _joining.Count > 0
                    || _joiningFollowers.Count > 0
                    || _followers.Length > 0
                    || _ofAll.Count > 0
                    || _ofMembers.Count > 0
            );
        }
    }

    private void Admit(List<LiveChanges> waiting, List<RecordFollower> followers)
    {
        lock (_gate)
        {
            foreach (var follower in followers)
            {
                _joiningFollowers.Remove(follower);
                _followers = [.. _followers, follower];
                follower.Join();
            }
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
            foreach (var follower in _joiningFollowers)
            {
                follower.Fail(exception);
            }
            _joiningFollowers.Clear();
        }
    }

    private void Give(ChangedPair changed)
    {
        var pair = changed.Relationship.Pair;
        foreach (var follower in _followers)
        {
            follower.Give(changed);
        }
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
