using System.Collections.Concurrent;
using System.Net;
using MongoDB.Driver;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Events;
using MongoDB.Driver.Core.Servers;

namespace Platform.Storage.Mongo;

/// <summary>
/// Notes when the driver's monitor of each server last did something, and so finds out that one looks no more.
/// <para>
/// The driver plans its next look at a server by the wall clock (its classes <c>HeartbeatDelay</c> and <c>Metronome</c>, version 3.14):
/// whoever waits for a server brings the look forward to half a second after the last one, and where the clock stepped back in
/// between, that is as far away as the step was long. Until then nothing of that client reaches the server, and no setting helps.
/// </para>
/// </summary>
/// <param name="time">Its timestamps count: the wall clock is what cannot be relied on.</param>
/// <param name="limit">After how long without a sign of life a monitor counts as silent.</param>
internal sealed class MongoHeartbeats(TimeProvider time, TimeSpan limit)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(8);

    // null: opened, and nothing heard yet. Behind a load balancer it stays so, as the driver has no monitors there.
    private readonly ConcurrentDictionary<ServerId, long?> _lastHeard = new();

    /// <summary>
    /// Longer than a monitor that works is ever without an event: it waits for the interval, and then for an answer. The margin is for
    /// a machine that is busy.
    /// </summary>
    public static TimeSpan LimitOf(MongoClientSettings settings) =>
        settings.HeartbeatInterval + settings.HeartbeatTimeout + settings.ConnectTimeout + Margin;

    /// <summary>Hears of everything that monitors of a client do from now on.</summary>
    public void Subscribe(ClusterBuilder cluster) =>
        cluster
            .Subscribe<ServerOpeningEvent>(opening => Open(opening.ServerId))
            .Subscribe<ServerHeartbeatStartedEvent>(beat => Hear(beat.ConnectionId.ServerId))
            .Subscribe<ServerHeartbeatSucceededEvent>(beat => Hear(beat.ConnectionId.ServerId))
            .Subscribe<ServerHeartbeatFailedEvent>(beat => Hear(beat.ConnectionId.ServerId))
            .Subscribe<ServerClosedEvent>(closed => Close(closed.ServerId));

    /// <summary>There is such a server from now on.</summary>
    public void Open(ServerId server) => _lastHeard[server] = null;

    /// <summary>The monitor of a server lives. The last word of one that was closed meanwhile counts for nothing.</summary>
    public void Hear(ServerId server)
    {
        if (_lastHeard.TryGetValue(server, out var last))
        {
            _lastHeard.TryUpdate(server, time.GetTimestamp(), last);
        }
    }

    /// <summary>The server belongs to the cluster no more.</summary>
    public void Close(ServerId server) => _lastHeard.TryRemove(server, out _);

    /// <summary>A server whose monitor is silent, and for how long it is; null if there is none.</summary>
    public (EndPoint Server, TimeSpan Silence)? FindSilent()
    {
        foreach (var (server, lastHeard) in _lastHeard)
        {
            if (
                lastHeard is { } last
                && time.GetElapsedTime(last) is var silence
                && silence > limit
            )
            {
                return (server.EndPoint, silence);
            }
        }
        return null;
    }
}
