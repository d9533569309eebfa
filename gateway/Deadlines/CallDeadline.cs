using System.Globalization;

namespace Platform.Gateway.Deadlines;

/// <summary>How much time the caller of a call gave it, by the header of gRPC.</summary>
internal sealed class CallDeadline(TimeSpan timeout, TimeProvider time)
{
    private const string Header = "grpc-timeout";
    private const int MaxDigits = 8;

    private static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(1);

    private readonly long _start = time.GetTimestamp();

    /// <summary>The time given at first.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Reads it; null when none was given, or not as gRPC specifies: that is left to the service.</summary>
    public static CallDeadline? Read(IHeaderDictionary headers, TimeProvider time) =>
        headers.TryGetValue(Header, out var values)
        && values is [{ Length: > 1 and <= MaxDigits + 1 } value]
        && UnitOf(value[^1]) is { } unit
        && int.TryParse(
            value.AsSpan(0, value.Length - 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var count
        )
            ? new CallDeadline(TimeSpan.FromTicks((long)(count * unit)), time)
            : null;

    /// <summary>Tells whoever is called next what is left; an attempt that begins at once is given the caller's own words.</summary>
    public void Lessen(IHeaderDictionary headers)
    {
        var elapsed = time.GetElapsedTime(_start);
        if (elapsed >= Noticed)
        {
            var left = Math.Max(0, (long)(timeout - elapsed).TotalMilliseconds);
            // eight digits are the most that may be sent
            headers[Header] =
                left < 100_000_000
                    ? left.ToString(CultureInfo.InvariantCulture) + "m"
                    : (left / 1000).ToString(CultureInfo.InvariantCulture) + "S";
        }
    }

    // in ticks, which are hundreds of nanoseconds
    private static double? UnitOf(char unit) =>
        unit switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 1.0 / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
}
