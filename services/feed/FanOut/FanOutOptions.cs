using Platform.ServiceDefaults.Hosting;

namespace Platform.Feed.FanOut;

/// <summary>Section <c>Feed:FanOut</c>.</summary>
public sealed class FanOutOptions : IValidatedOptions
{
    /// <summary>How many jobs this replica works on at once; 0 makes it a replica that only serves.</summary>
    public int Workers { get; set; } = 2;

    /// <summary>How many recipients are asked for and delivered to before the position is saved.</summary>
    public int ChunkSize { get; set; } = 5000;

    /// <summary>After so many chunks a job goes behind the others, so that one giant does not hold up the rest.</summary>
    public int ChunksPerTurn { get; set; } = 2;

    /// <summary>
    /// Posts are not pushed to the followers of an author or a hashtag that has more followers than this: they pull them when
    /// they read.
    /// </summary>
    public int PullAbove { get; set; } = 20_000;

    /// <summary>How long a vanished worker holds its job. Must exceed what one chunk can take.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often to look for jobs that this process did not create: lapsed leases, pauses that are over.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause after a first failure; it doubles with each more.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause. A job is tried for ever.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<string> Validate()
    {
        if (Workers is < 0 or > 64)
        {
            yield return $"Feed:FanOut:Workers must be between 0 and 64; it is {Workers}.";
        }
        // 5,000 is the most that connections and follows give at once
        if (ChunkSize is < 1 or > 5000)
        {
            yield return $"Feed:FanOut:ChunkSize must be between 1 and 5000; it is {ChunkSize}.";
        }
        if (ChunksPerTurn < 1)
        {
            yield return $"Feed:FanOut:ChunksPerTurn must be at least 1; it is {ChunksPerTurn}.";
        }
        if (PullAbove < 1)
        {
            yield return $"Feed:FanOut:PullAbove must be at least 1; it is {PullAbove}.";
        }
        if (LeaseDuration < TimeSpan.FromSeconds(5))
        {
            yield return $"Feed:FanOut:LeaseDuration must be at least 5 seconds; it is {LeaseDuration}.";
        }
        if (PollInterval < TimeSpan.FromMilliseconds(10))
        {
            yield return $"Feed:FanOut:PollInterval must be at least 10 milliseconds; it is {PollInterval}.";
        }
        if (FirstPause <= TimeSpan.Zero || LongestPause < FirstPause)
        {
            yield return "Feed:FanOut:FirstPause must be positive and at most Feed:FanOut:LongestPause.";
        }
    }
}
