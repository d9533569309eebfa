using Platform.ServiceDefaults.Hosting;

namespace Platform.Messaging.Retention;

/// <summary>Section <c>Retention</c>: how long messages are kept.</summary>
public sealed class RetentionOptions : IValidatedOptions
{
    /// <summary>Messages older than this are deleted; 0, the default, keeps them for good.</summary>
    public TimeSpan MaxAge { get; set; }

    /// <summary>How often it is looked whether any are.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many are deleted in a step; between two steps others have their turn.</summary>
    public int BatchSize { get; set; } = 500;

    /// <inheritdoc />
    public IEnumerable<string> Validate()
    {
        if (MaxAge < TimeSpan.Zero || (MaxAge > TimeSpan.Zero && MaxAge < TimeSpan.FromHours(1)))
        {
            yield return $"Retention:MaxAge must be 00:00:00, which keeps all, or at least 01:00:00; it is {MaxAge:c}.";
        }
        if (Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromDays(1))
        {
            yield return $"Retention:Interval must lie between 00:00:01 and 1.00:00:00; it is {Interval:c}.";
        }
        if (BatchSize is < 1 or > 10_000)
        {
            yield return $"Retention:BatchSize must be between 1 and 10000; it is {BatchSize}.";
        }
    }
}
