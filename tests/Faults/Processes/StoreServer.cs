using Platform.Testing;

namespace Platform.Tests.Faults.Processes;

/// <summary>A server that keeps data for services: MongoDB, Redis or Garnet. Services reach it through a relay, so that it can be cut off.</summary>
internal abstract class StoreServer(string name, Volume volume) : IAsyncDisposable
{
    private Relay? _relay;

    public string Name { get; } = name;

    /// <summary>Where its files are.</summary>
    public Volume Volume { get; } = volume;

    /// <summary>What services connect to.</summary>
    public Relay Relay => _relay ??= new Relay([Port]);

    /// <summary>Where it listens itself.</summary>
    protected abstract int Port { get; }

    /// <summary>Starts it; returns when it serves.</summary>
    public abstract Task StartAsync();

    /// <summary>Ends it, by force where <see cref="IsKilled"/>, and starts it with what it had stored; returns when it serves.</summary>
    public abstract Task RestartAsync();

    /// <summary>Whether a restart gives it no chance to put things in order (SIGKILL).</summary>
    public abstract bool IsKilled { get; }

    /// <summary>Freezes it: its port is open, nothing answers.</summary>
    public abstract Task PauseAsync();

    /// <summary>Goes on after <see cref="PauseAsync"/>.</summary>
    public abstract Task ResumeAsync();

    /// <summary>Whether it answers.</summary>
    public abstract Task<bool> IsServingAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }
        Volume.Dispose();
    }
}
