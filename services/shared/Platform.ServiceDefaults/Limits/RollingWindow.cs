namespace Platform.ServiceDefaults.Limits;

/// <summary>A limit on how often something may happen within any span of some length.</summary>
/// <param name="length">How long something counts.</param>
public sealed class RollingWindow(TimeSpan length)
{
    /// <summary>How long something counts.</summary>
    public TimeSpan Length => length;

    /// <summary>Whether what happened at a time still counts.</summary>
    public bool Holds(DateTimeOffset happened, DateTimeOffset now) => now - happened < length;

    /// <summary>When time makes room for one more, or frees the first where there is room; null when nothing counts.</summary>
    /// <param name="counted">The times of what counts, in any order.</param>
    /// <param name="limit">How many may count at once.</param>
    public DateTimeOffset? NextFree(IEnumerable<DateTimeOffset> counted, long limit)
    {
        var times = counted.Order().ToList();
        // after the policy was tightened several have to go before there is room
        var first = (int)Math.Max(0, times.Count - limit);
        return first < times.Count ? times[first] + length : null;
    }
}
