using System.Diagnostics.Metrics;

namespace Platform.Connections.Client;

/// <summary>Where this process stands with following the record, for health checks, metrics and tests.</summary>
public sealed class ConnectionChangesStatus
{
    private readonly TimeProvider _time;
    private readonly Counter<long> _applied;
    private readonly Counter<long> _failures;
    private readonly Lock _gate = new();
    private ConnectionChangesState _state;
    private DateTimeOffset _appliedUntil;

    public ConnectionChangesStatus(TimeProvider time, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        _appliedUntil = time.GetUtcNow();
        var meter = meters.Create("Platform.Connections.Client");
        _applied = meter.CreateCounter<long>(
            "platform.connection_changes.applied",
            "{change}",
            "Changes of connections' record that were applied."
        );
        _failures = meter.CreateCounter<long>(
            "platform.connection_changes.failures",
            "{failure}",
            "Tries to follow connections' record that broke off."
        );
        meter.CreateObservableGauge(
            "platform.connection_changes.lag",
            () => Lag?.TotalSeconds ?? 0,
            "s",
            "How old the newest of connections' changes is that is known to be applied; 0 on replicas that stand by."
        );
    }

    /// <summary>What it does.</summary>
    public ConnectionChangesState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>
    /// How long ago everything was applied, by connections' clock; null while another replica follows. A live stream keeps it below
    /// twice the heartbeat.
    /// </summary>
    public TimeSpan? Lag
    {
        get
        {
            lock (_gate)
            {
                return _state == ConnectionChangesState.StandingBy ? null
                    : _time.GetUtcNow() is var now && now > _appliedUntil ? now - _appliedUntil
                    : TimeSpan.Zero;
            }
        }
    }

    internal void Became(ConnectionChangesState state)
    {
        lock (_gate)
        {
            // whoever stood by does not know how far the other was
            if (_state == ConnectionChangesState.StandingBy && state != _state)
            {
                _appliedUntil = _time.GetUtcNow();
            }
            _state = state;
        }
    }

    internal void Applied(int changes, DateTimeOffset until)
    {
        _applied.Add(changes);
        lock (_gate)
        {
            _appliedUntil = until;
        }
    }

    internal void Failed() => _failures.Add(1);
}
