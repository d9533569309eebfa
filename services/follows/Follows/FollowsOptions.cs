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

    public IEnumerable<string> Validate()
    {
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
