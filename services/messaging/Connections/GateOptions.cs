using Platform.ServiceDefaults.Hosting;

namespace Platform.Messaging.Connections;

/// <summary>Settings <c>Gate</c>: asking the connections service.</summary>
public sealed class GateOptions : IValidatedOptions
{
    /// <summary>How long a check may take, retries included, within what the caller's deadline leaves.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How many checks in a row may get no answer before connections is left alone for a while.</summary>
    public int FailuresToOpen { get; set; } = 10;

    /// <summary>For how long: then one check tries whether it is back.</summary>
    public TimeSpan OpenTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a yes is remembered, if connections' record of changes is followed and says nothing else. 0, the default, asks every
    /// time: a removal then counts from the next call on. With it, one counts once the record has told of it (some 100 ms), or at once
    /// for whoever presents its revision.
    /// </summary>
    public TimeSpan CacheTime { get; set; }

    public IEnumerable<string> Validate()
    {
        if (FailuresToOpen is < 1 or > 10_000)
        {
            yield return "Gate:FailuresToOpen must be between 1 and 10000.";
        }
        if (OpenTime < TimeSpan.FromMilliseconds(1) || OpenTime > TimeSpan.FromMinutes(1))
        {
            yield return "Gate:OpenTime must be between 00:00:00.001 and 00:01:00.";
        }
        if (CacheTime < TimeSpan.Zero || CacheTime > TimeSpan.FromMinutes(10))
        {
            yield return "Gate:CacheTime must be between 00:00:00 and 00:10:00.";
        }
        if (Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromSeconds(30))
        {
            yield return "Gate:Timeout must be between 00:00:00.001 and 00:00:30.";
        }
    }
}
