namespace Platform.Testing;

/// <summary>A clock that somebody sets: what it measures goes on as before, which FakeTimeProvider does not tell apart.</summary>
/// <param name="running">Tells the true time, and how much of it passes.</param>
public sealed class SteppingClock(TimeProvider running) : TimeProvider
{
    /// <summary>By how much it differs from the true time; negative if it is behind.</summary>
    public TimeSpan IsAheadBy { get; set; }

    /// <inheritdoc />
    public override long TimestampFrequency => running.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => running.GetUtcNow() + IsAheadBy;

    /// <inheritdoc />
    public override long GetTimestamp() => running.GetTimestamp();
}
