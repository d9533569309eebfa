using Platform.ServiceDefaults.Hosting;

namespace Platform.Follows.Follows;

/// <summary>Section <c>Follows</c>.</summary>
public sealed class FollowsOptions : IValidatedOptions
{
    public const string Section = "Follows";

    /// <summary>How often the journals are looked through for what was left half-way.</summary>
    public TimeSpan JournalSweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How old a journal entry must be to count as left: longer than a healthy change takes, or the sweep does its work a
    /// second time.
    /// </summary>
    public TimeSpan JournalGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long connections may take to say who is connected, within what the caller's deadline leaves.</summary>
    public TimeSpan ConnectionsTimeout { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long changes are kept for those who watch. A watcher that was away for longer begins anew.</summary>
    public TimeSpan RecordRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often changes are looked for while somebody watches.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many changes a watcher may lag behind before it is dropped; each takes some 200 bytes of memory.</summary>
    public int WatchBuffer { get; set; } = 4096;

    /// <summary>How many entities a member may mute.</summary>
    public long MaxMutes { get; set; } = 5_000;

    /// <summary>How often erasures are looked for that another replica left half-way.</summary>
    public TimeSpan ErasureInterval { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<string> Validate()
    {
        if (
            ErasureInterval < TimeSpan.FromMilliseconds(10)
            || ErasureInterval > TimeSpan.FromHours(1)
        )
        {
            yield return $"{Section}:{nameof(ErasureInterval)} must lie between 00:00:00.010 and 01:00:00.";
        }
        if (
            ConnectionsTimeout < TimeSpan.FromMilliseconds(1)
            || ConnectionsTimeout > TimeSpan.FromSeconds(30)
        )
        {
            yield return $"{Section}:{nameof(ConnectionsTimeout)} must lie between 00:00:00.001 and 00:00:30.";
        }
        if (RecordRetention < TimeSpan.FromMinutes(10) || RecordRetention > TimeSpan.FromDays(365))
        {
            yield return $"{Section}:{nameof(RecordRetention)} must lie between 00:10:00 and 365.00:00:00.";
        }
        if (
            WatchInterval < TimeSpan.FromMilliseconds(10)
            || WatchInterval > TimeSpan.FromMinutes(1)
        )
        {
            yield return $"{Section}:{nameof(WatchInterval)} must lie between 00:00:00.010 and 00:01:00.";
        }
        if (WatchBuffer < 1)
        {
            yield return $"{Section}:{nameof(WatchBuffer)} must be at least 1.";
        }
        // each mute of a member is read to list them
        if (MaxMutes is < 0 or > 50_000)
        {
            yield return $"{Section}:{nameof(MaxMutes)} must be between 0 and 50000.";
        }
        if (
            JournalSweepInterval < TimeSpan.FromMilliseconds(10)
            || JournalSweepInterval > TimeSpan.FromHours(1)
        )
        {
            yield return $"{Section}:{nameof(JournalSweepInterval)} must lie between 00:00:00.010 and 01:00:00.";
        }
        if (JournalGrace < TimeSpan.Zero || JournalGrace > TimeSpan.FromHours(1))
        {
            yield return $"{Section}:{nameof(JournalGrace)} must lie between 00:00:00 and 01:00:00.";
        }
    }
}
