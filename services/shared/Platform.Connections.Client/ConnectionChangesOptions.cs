using Platform.ServiceDefaults.Hosting;

namespace Platform.Connections.Client;

/// <summary>Section <c>ConnectionChanges</c>: following connections' record of changes.</summary>
public sealed class ConnectionChangesOptions : IValidatedOptions
{
    public const string Section = "ConnectionChanges";

    /// <summary>How many changes are applied together at most.</summary>
    public int BatchSize { get; set; } = 200;

    /// <summary>How long nothing may happen before connections shows that it is alive, and by which the cursor moves on.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between two tries to follow; the first is a fiftieth of it.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one replica keeps the record to itself without a sign of life.</summary>
    public TimeSpan ClaimLife { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The lag from which on the health check says that the service is degraded.</summary>
    public TimeSpan DegradedLag { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (BatchSize is < 1 or > 10_000)
        {
            yield return $"{Section}:{nameof(BatchSize)} must be between 1 and 10000; it is {BatchSize}.";
        }
        foreach (
            var (name, value, least, most) in new (string, TimeSpan, TimeSpan, TimeSpan)[]
            {
                (
                    nameof(HeartbeatInterval),
                    HeartbeatInterval,
                    TimeSpan.FromSeconds(1),
                    TimeSpan.FromMinutes(1)
                ),
                (
                    nameof(MaxBackoff),
                    MaxBackoff,
                    TimeSpan.FromMilliseconds(50),
                    TimeSpan.FromMinutes(5)
                ),
                (nameof(ClaimLife), ClaimLife, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
                (nameof(DegradedLag), DegradedLag, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            }
        )
        {
            if (value < least || value > most)
            {
                yield return $"{Section}:{name} must lie between {least:c} and {most:c}; it is {value:c}.";
            }
        }
    }
}
