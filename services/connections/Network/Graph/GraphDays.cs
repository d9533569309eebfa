namespace Platform.Connections.Network.Graph;

/// <summary>
/// The index keeps since when two are connected in whole days since 1970: two bytes an edge in place of eight, and enough
/// to tell what is recent. They reach to the year 2149.
/// </summary>
public static class GraphDays
{
    private const long MillisecondsADay = 24 * 60 * 60 * 1000;

    /// <summary>The day of a time in milliseconds since 1970; times out of range give the nearest day there is.</summary>
    public static ushort Of(long timeMs) =>
        (ushort)Math.Clamp(timeMs / MillisecondsADay, 0, ushort.MaxValue);
}
