using System.Collections.Concurrent;

namespace Platform.Ctl.Import;

/// <summary>Counts failures by reason; safe to use from many tasks.</summary>
public sealed class ErrorCounts
{
    private readonly ConcurrentDictionary<string, Counted> _reasons = new(StringComparer.Ordinal);

    public int Total => _reasons.Values.Sum(counted => counted.Count);

    /// <param name="reason">Why.</param>
    /// <param name="example">What happened, kept for the first failure of each reason.</param>
    /// <param name="count">How many items failed for it.</param>
    public void Add(string reason, string example, int count = 1) =>
        _reasons.AddOrUpdate(
            reason,
            _ => new Counted(count, example),
            (_, counted) => counted with { Count = counted.Count + count }
        );

    /// <summary>The counts, most frequent first.</summary>
    public IReadOnlyList<ErrorCount> ToList() =>
        [
            .. _reasons
                .Select(pair => new ErrorCount(pair.Key, pair.Value.Count, pair.Value.Example))
                .OrderByDescending(error => error.Count)
                .ThenBy(error => error.Reason, StringComparer.Ordinal),
        ];

    private sealed record Counted(int Count, string Example);
}
