namespace Platform.Follows.Storage;

/// <summary>
/// Sequence numbers of changes: microseconds since <see cref="Epoch"/> by the clock of the replica that makes the change, and one
/// more than the last of the bucket where that is not later.
/// </summary>
public static class FollowSequence
{
    /// <summary>
    /// Where counting begins: numbers stay below 10^15 until 2056, so that every engine writes them without an exponent, and
    /// exact in the doubles that scores and Lua count with.
    /// </summary>
    public static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The sequence number that a change of a moment has at least.</summary>
    public static long Of(DateTimeOffset moment) =>
        (moment - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The inverse of <see cref="Of"/>.</summary>
    public static DateTimeOffset TimeOf(long sequence) =>
        Epoch.AddTicks(sequence * TimeSpan.TicksPerMicrosecond);
}
