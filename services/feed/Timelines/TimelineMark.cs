using System.Globalization;

namespace Platform.Feed.Timelines;

/// <summary>What a timeline was built from.</summary>
/// <param name="Following">The version of what the member followed.</param>
/// <param name="Connections">The version of who the member's connections were.</param>
/// <param name="BuildTime">When.</param>
public sealed record TimelineMark(long Following, long Connections, DateTimeOffset BuildTime)
{
    /// <summary>The stored form.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Following}.{Connections}.{BuildTime.ToUnixTimeMilliseconds()}"
        );

    /// <summary>Reads the stored form; null for anything else, which makes the timeline be built anew.</summary>
    public static TimelineMark? Parse(string? text)
    {
        var parts = text?.Split('.') ?? [];
        return
            parts.Length == 3
            && TryParse(parts[0], out var following)
            && TryParse(parts[1], out var connections)
            && TryParse(parts[2], out var built)
            ? new TimelineMark(
                following,
                connections,
                DateTimeOffset.FromUnixTimeMilliseconds(built)
            )
            : null;
    }

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
