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

    /// <summary>
    /// Of how many viewers the answers of connections and of follows are kept, until a change of theirs is told; 0 asks with
    /// every page. Some 20 KB each where a feed has a hundred authors.
    /// </summary>
    public int CachedViewers { get; set; } = 10_000;

    public IEnumerable<string> Validate()
    {
        if (CachedViewers is < 0 or > 10_000_000)
        {
            yield return $"Feed:Sources:CachedViewers must be between 0 and 10000000; it is {CachedViewers}.";
        }
        if (Timeout < TimeSpan.FromMilliseconds(10))
        {
            yield return $"Feed:Sources:Timeout must be at least 10 milliseconds; it is {Timeout}.";
        }
    }
}
