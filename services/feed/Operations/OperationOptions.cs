using Platform.ServiceDefaults.Hosting;

namespace Platform.Feed.Operations;

/// <summary>Section <c>Feed:Operations</c>: rebuilding and verifying timelines.</summary>
public sealed class OperationOptions : IValidatedOptions
{
    /// <summary>How many timelines a call rebuilds or verifies in a second at most, so that readers and the fan-out go before.</summary>
    public double TimelinesPerSecond { get; set; } = 50;

    public IEnumerable<string> Validate()
    {
        if (TimelinesPerSecond is not (>= 0.1 and <= 10_000))
        {
            yield return $"Feed:Operations:TimelinesPerSecond must be between 0.1 and 10000; it is {TimelinesPerSecond}.";
        }
    }
}
