using Platform.ServiceDefaults.Hosting;

namespace Platform.Messaging.Live;

/// <summary>Section <c>Live</c>: the streams of what happens.</summary>
public sealed class LiveOptions : IValidatedOptions
{
    private const string Section = "Live";

    /// <summary>
    /// How often the store is looked at for what no hint told of: what other replicas stored while Redis is away, or always where there is
    /// none. Unset: a second with Redis, a fifth of one without.
    /// </summary>
    public TimeSpan? PollInterval { get; set; }

    /// <summary>How long nothing may be sent before a heartbeat is; below the idle limits of proxies.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reader may take nothing before it is dropped.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many streams a member has on a replica at most.</summary>
    public int MaxStreams { get; set; } = 32;

    /// <summary>How long a stream resumes from a cursor.</summary>
    public TimeSpan CursorLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How many conversations may have changed since a cursor; each adds some 16 bytes to the cursors until the stream has caught up.
    /// </summary>
    public int MaxCatchUp { get; set; } = 1000;

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        foreach (
            var (name, value, least, most) in new (string, TimeSpan?, TimeSpan, TimeSpan)[]
            {
                (
                    nameof(PollInterval),
                    PollInterval,
                    TimeSpan.FromMilliseconds(10),
                    TimeSpan.FromMinutes(1)
                ),
                (
                    nameof(HeartbeatInterval),
                    HeartbeatInterval,
                    TimeSpan.FromMilliseconds(50),
                    TimeSpan.FromSeconds(15)
                ),
                (
                    nameof(WriteTimeout),
                    WriteTimeout,
                    TimeSpan.FromMilliseconds(50),
                    TimeSpan.FromMinutes(5)
                ),
                (
                    nameof(CursorLifetime),
                    CursorLifetime,
                    TimeSpan.FromMinutes(1),
                    TimeSpan.FromDays(365)
                ),
            }
        )
        {
            if (value < least || value > most)
            {
                yield return $"{Section}:{name} must lie between {least:c} and {most:c}; it is {value:c}.";
            }
        }
        if (MaxStreams is < 1 or > 10_000)
        {
            yield return $"{Section}:{nameof(MaxStreams)} must be between 1 and 10000; it is {MaxStreams}.";
        }
        if (MaxCatchUp is < 1 or > 100_000)
        {
            yield return $"{Section}:{nameof(MaxCatchUp)} must be between 1 and 100000; it is {MaxCatchUp}.";
        }
    }
}
