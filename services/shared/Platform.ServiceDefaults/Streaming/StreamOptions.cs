using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Streaming;

/// <summary>What all streams of members have settings for.</summary>
public abstract class StreamOptions : IValidatedOptions
{
    /// <summary>How long nothing may be sent before a heartbeat is; below the idle limits of proxies.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reader may take nothing before it is dropped.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many streams a member has on a replica at most.</summary>
    public int MaxStreams { get; set; } = 32;

    /// <summary>How long a stream resumes from a cursor.</summary>
    public abstract TimeSpan CursorLifetime { get; set; }

    /// <summary>The section they are in.</summary>
    protected abstract string Section { get; }

    /// <inheritdoc />
    public virtual IEnumerable<string> Validate()
    {
        foreach (
            var problem in new[]
            {
                Between(
                    nameof(HeartbeatInterval),
                    HeartbeatInterval,
                    TimeSpan.FromMilliseconds(50),
                    TimeSpan.FromSeconds(15)
                ),
                Between(
                    nameof(WriteTimeout),
                    WriteTimeout,
                    TimeSpan.FromMilliseconds(50),
                    TimeSpan.FromMinutes(5)
                ),
                Between(
                    nameof(CursorLifetime),
                    CursorLifetime,
                    TimeSpan.FromMinutes(1),
                    TimeSpan.FromDays(365)
                ),
            }
        )
        {
            if (problem is not null)
            {
                yield return problem;
            }
        }
        if (MaxStreams is < 1 or > 10_000)
        {
            yield return $"{Section}:{nameof(MaxStreams)} must be between 1 and 10000; it is {MaxStreams}.";
        }
    }

    /// <summary>What is wrong with a time; null if nothing is.</summary>
    protected string? Between(string name, TimeSpan? value, TimeSpan least, TimeSpan most) =>
        value < least || value > most
            ? $"{Section}:{name} must lie between {least:c} and {most:c}; it is {value:c}."
            : null;
}
