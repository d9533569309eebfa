using Platform.ServiceDefaults.Hosting;

namespace Platform.Feed.Sources;

/// <summary>Section <c>Feed:Sources</c>.</summary>
public sealed class SourceOptions : IValidatedOptions
{
    /// <summary>
    /// How long connections and follows may take to answer one call. Well below the usual deadline of a reader, who then
    /// still gets what can be proved without the one that is down.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    public IEnumerable<string> Validate()
    {
        if (Timeout < TimeSpan.FromMilliseconds(10))
        {
            yield return $"Feed:Sources:Timeout must be at least 10 milliseconds; it is {Timeout}.";
        }
    }
}
