using Platform.ServiceDefaults.Hosting;

namespace Platform.ServiceDefaults.Draining;

/// <summary>Settings <c>Shutdown</c>: the end of a server.</summary>
public sealed class DrainOptions : IValidatedOptions
{
    public const string Section = "Shutdown";

    private static readonly TimeSpan CallsHave = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a server that is told to stop says that it does not serve, and serves on: longer than whoever chooses among replicas takes
    /// to see that. The gateway asks every two seconds.
    /// </summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>When a server that was told to stop has ended: calls under way have ten seconds after the time in which it serves on.</summary>
    public TimeSpan EndsWithin => DrainTime + CallsHave;

    public IEnumerable<string> Validate()
    {
        if (DrainTime < TimeSpan.Zero || DrainTime > TimeSpan.FromMinutes(5))
        {
            yield return $"{Section}:{nameof(DrainTime)} must lie between 00:00:00 and 00:05:00; it is {DrainTime:c}.";
        }
    }
}
