using Platform.ServiceDefaults.Streaming;

namespace Platform.Feed.Watch;

/// <summary>Section <c>Feed:Watch</c>: live home feeds.</summary>
public sealed class WatchOptions : StreamOptions
{
    /// <summary>
    /// How often the newest entries of all watched timelines are asked for, one command each: how much later a post comes that
    /// another replica delivered.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often each watched feed is read without anything having been pushed to it: how much later removals, edits, and posts
    /// of pulled authors come.
    /// </summary>
    public TimeSpan ReadInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public override TimeSpan CursorLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <inheritdoc />
    protected override string Section => "Feed:Watch";

    /// <inheritdoc />
    public override IEnumerable<string> Validate()
    {
        foreach (var problem in base.Validate())
        {
            yield return problem;
        }
        foreach (
            var (name, value) in new[]
            {
                (nameof(PollInterval), PollInterval),
                (nameof(ReadInterval), ReadInterval),
            }
        )
        {
            if (
                Between(name, value, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)) is
                { } problem
            )
            {
                yield return problem;
            }
        }
    }
}
