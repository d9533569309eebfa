using System.Collections.Concurrent;
using Platform.Storage.Redis;
using StackExchange.Redis;

namespace Platform.Messaging.Live;

/// <summary>
/// Hints between replicas, by Redis pub/sub. Without Redis, or while it is away, there are none: sends do not care, and streams find
/// what is new by looking.
/// </summary>
public sealed partial class LiveHints(ILogger<LiveHints> logger, RedisConnection? redis = null)
{
    private readonly string _origin = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, Listener> _listeners = new(
        StringComparer.Ordinal
    );
    private readonly Lock _counting = new();
    private IDatabase? _database;
    private volatile bool _isAway;

    /// <summary>Whether there is a way to other replicas.</summary>
    public bool AreShared => redis is not null;

    /// <summary>Tells the other replicas where something is new. Does not wait, and does not fail.</summary>
    public void SendChanged(string conversationId, IReadOnlyCollection<string> memberIds) =>
        Send(LiveKeys.Changed(_origin, conversationId), memberIds);

    /// <summary>Tells the other replicas who is typing. Does not wait, and does not fail.</summary>
    public void SendTyping(
        string conversationId,
        string typistId,
        IReadOnlyCollection<string> memberIds
    ) => Send(LiveKeys.Typing(_origin, conversationId, typistId), memberIds);

    internal bool IsListening(string memberId) => _listeners.ContainsKey(memberId);

    /// <summary>
    /// Listens for a member, once for all who want it. Each is counted: which of the member's streams is the last shows only here, where one
    /// may come while another goes. Does not wait for Redis.
    /// </summary>
    /// <param name="memberId">Whom the hints are for.</param>
    /// <param name="changed">Gets the member and the conversation with something new.</param>
    /// <param name="typing">Gets the member, the conversation, and who is typing there.</param>
    internal void Listen(
        string memberId,
        Action<string, string> changed,
        Action<string, string, string> typing
    )
    {
        if (redis is not null)
        {
            Listener? listener;
            lock (_counting)
            {
                listener = _listeners.GetOrAdd(
                    memberId,
                    id => new Listener(id, hint => Receive(id, hint, changed, typing))
                );
                listener.Wanting++;
            }
            _ = SubscribeAsync(listener);
        }
    }

    /// <summary>Listens no more, unless others still want it.</summary>
    internal void StopListening(string memberId)
    {
        Listener? listener;
        lock (_counting)
        {
            if (!_listeners.TryGetValue(memberId, out listener) || --listener.Wanting > 0)
            {
                return;
            }
            _listeners.TryRemove(memberId, out _);
            listener.IsWanted = false;
        }
        _ = UnsubscribeAsync(listener);
    }

    /// <summary>Listens for those for whom it failed; and finds Redis at the beginning.</summary>
    internal async Task RepairAsync(CancellationToken cancellationToken)
    {
        if (redis is null)
        {
            return;
        }
        _database ??= await redis.GetDatabaseAsync(cancellationToken).ConfigureAwait(false);
        foreach (var listener in _listeners.Values.Where(listener => !listener.IsSubscribed))
        {
            await SubscribeAsync(listener).ConfigureAwait(false);
        }
    }

    private void Send(string hint, IReadOnlyCollection<string> memberIds)
    {
        // null until the hub has made the connection
        if (_database is not { } database)
        {
            return;
        }
        try
        {
            foreach (var member in memberIds)
            {
                database.Publish(
                    RedisChannel.Literal(LiveKeys.Channel(redis!.KeyPrefix, member)),
                    hint,
                    CommandFlags.FireAndForget
                );
            }
            _isAway = false;
        }
        catch (RedisException exception)
        {
            NoteAway(exception);
        }
    }

    private async Task SubscribeAsync(Listener listener)
    {
        if (!listener.TryBegin())
        {
            return;
        }
        try
        {
            var subscriber = await redis!.GetSubscriberAsync().ConfigureAwait(false);
            await subscriber
                .SubscribeAsync(Channel(listener), listener.Handler)
                .ConfigureAwait(false);
            listener.End(isSubscribed: true);
            if (!listener.IsWanted)
            {
                await UnsubscribeAsync(listener).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
            when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            listener.End(isSubscribed: false);
            NoteAway(exception);
        }
    }

    private async Task UnsubscribeAsync(Listener listener)
    {
        try
        {
            var subscriber = await redis!.GetSubscriberAsync().ConfigureAwait(false);
            // only this one's: a stream that came meanwhile listens to the same channel
            await subscriber
                .UnsubscribeAsync(Channel(listener), listener.Handler)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            NoteAway(exception);
        }
    }

    private RedisChannel Channel(Listener listener) =>
        RedisChannel.Literal(LiveKeys.Channel(redis!.KeyPrefix, listener.MemberId));

    private void Receive(
        string memberId,
        RedisValue hint,
        Action<string, string> changed,
        Action<string, string, string> typing
    )
    {
        var parts = ((string?)hint ?? "").Split('|');
        if (parts[0] == _origin)
        {
            return;
        }
        switch (parts)
        {
            case [_, "c", var conversation]:
                changed(memberId, conversation);
                break;
            case [_, "t", var conversation, var typist]:
                typing(memberId, conversation, typist);
                break;
        }
    }

    private void NoteAway(Exception exception)
    {
        if (!_isAway)
        {
            _isAway = true;
            LogAway(exception);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Redis takes no hints; live delivery between replicas waits for the next look"
    )]
    private partial void LogAway(Exception exception);

    private sealed class Listener(string memberId, Action<RedisValue> receive)
    {
        private const int Idle = 0;
        private const int Trying = 1;
        private const int Subscribed = 2;

        private int _state = Idle;

        public string MemberId => memberId;

        public Action<RedisChannel, RedisValue> Handler { get; } = (_, hint) => receive(hint);

        /// <summary>By how many it is wanted.</summary>
        public int Wanting { get; set; }

        public volatile bool IsWanted = true;

        public bool IsSubscribed => Volatile.Read(ref _state) == Subscribed;

        public bool TryBegin() => Interlocked.CompareExchange(ref _state, Trying, Idle) == Idle;

        public void End(bool isSubscribed) =>
            Volatile.Write(ref _state, isSubscribed ? Subscribed : Idle);
    }
}
