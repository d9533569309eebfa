using Platform.ServiceDefaults.Hosting;

namespace Platform.Feed.Timelines;

/// <summary>Section <c>Feed:Timelines</c>.</summary>
public sealed class TimelineOptions : IValidatedOptions
{
    /// <summary>How many entries a timeline keeps.</summary>
    public int Capacity { get; set; } = 800;

    /// <summary>A timeline that was not read for so long goes; it is built anew at the next read.</summary>
    public TimeSpan InactiveAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// A timeline older than this is built anew when its first page is read. This bounds how far back the list of pulled posts reaches,
    /// and how long a change of sources can go unnoticed that leaves their versions as they were (an imported follow against an unfollow).
    /// </summary>
    public TimeSpan RefreshAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a reader waits for a timeline that is being built; then they get what there is, marked, and find it whole with a later read.
    /// Well below the usual deadline of a reader.
    /// </summary>
    public TimeSpan BuildWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After how long readers pull a post whose delivery is not finished. Well above what a delivery takes, so that where all
    /// is well nobody looks at the posts of everybody.
    /// </summary>
    public TimeSpan PullAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many timelines are kept in memory; of these a page reads the head alone. 0 reads each timeline whole with every page. Some
    /// 15 KB each.
    /// </summary>
    public int CachedTimelines { get; set; } = 10_000;

    public IEnumerable<string> Validate()
    {
        if (CachedTimelines is < 0 or > 10_000_000)
        {
            yield return $"Feed:Timelines:CachedTimelines must be between 0 and 10000000; it is {CachedTimelines}.";
        }
        if (Capacity is < 20 or > 10_000)
        {
            yield return $"Feed:Timelines:Capacity must be between 20 and 10000; it is {Capacity}.";
        }
        if (InactiveAfter < TimeSpan.FromMinutes(1))
        {
            yield return $"Feed:Timelines:InactiveAfter must be at least a minute; it is {InactiveAfter}.";
        }
        if (BuildWait <= TimeSpan.Zero || BuildWait > TimeSpan.FromMinutes(1))
        {
            yield return $"Feed:Timelines:BuildWait must be positive and at most a minute; it is {BuildWait}.";
        }
        if (PullAfter < TimeSpan.Zero)
        {
            yield return $"Feed:Timelines:PullAfter must not be negative; it is {PullAfter}.";
        }
        if (RefreshAfter <= TimeSpan.Zero)
        {
            yield return $"Feed:Timelines:RefreshAfter must be positive; it is {RefreshAfter}.";
        }
    }
}
