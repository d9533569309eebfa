using Platform.ServiceDefaults.Hosting;

namespace Platform.Messaging.Connections;

/// <summary>Settings <c>Gate</c>: asking the connections service.</summary>
public sealed class GateOptions : IValidatedOptions
{
    /// <summary>How long a check may take, retries included, within what the caller's deadline leaves.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(300);

    public IEnumerable<string> Validate()
    {
        if (Timeout < TimeSpan.FromMilliseconds(1) || Timeout > TimeSpan.FromSeconds(30))
        {
            yield return "Gate:Timeout must be between 00:00:00.001 and 00:00:30.";
        }
    }
}
