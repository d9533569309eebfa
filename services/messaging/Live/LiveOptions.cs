using Platform.ServiceDefaults.Streaming;

namespace Platform.Messaging.Live;

/// <summary>Section <c>Live</c>: the streams of what happens.</summary>
public sealed class LiveOptions : StreamOptions
{
    /// <summary>
    /// How often the store is looked at for what no hint told of: what other replicas stored while Redis is away, or always where there is
    /// none. Unset: a second with Redis, a fifth of one without.
    /// </summary>
    public TimeSpan? PollInterval { get; set; }

    /// <inheritdoc />
    public override TimeSpan CursorLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How many conversations may have changed since a cursor; each adds some 16 bytes to the cursors until the stream has caught up.
    /// </summary>
    public int MaxCatchUp { get; set; } = 1000;

    /// <inheritdoc />
    protected override string Section => "Live";

    /// <inheritdoc />
    public override IEnumerable<string> Validate()
    {
        foreach (var problem in base.Validate())
        {
            yield return problem;
        }
        if (
            Between(
                nameof(PollInterval),
                PollInterval,
                TimeSpan.FromMilliseconds(10),
                TimeSpan.FromMinutes(1)
            ) is
            { } pollInterval
        )
        {
            yield return pollInterval;
        }
        if (MaxCatchUp is < 1 or > 100_000)
        {
            yield return $"{Section}:{nameof(MaxCatchUp)} must be between 1 and 100000; it is {MaxCatchUp}.";
        }
    }
}
