using System.Collections.Concurrent;
using Platform.Tests.Faults.Checking;

namespace Platform.Tests.Faults.Load;

/// <summary>Counts what was done and what went wrong, for the summary.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<(string Kind, Outcome Outcome), long> _calls = new();
    private readonly ConcurrentDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Violation> _violations = new();

    /// <summary>How many calls of each kind had each outcome.</summary>
    public IReadOnlyDictionary<(string Kind, Outcome Outcome), long> Calls => _calls;

    /// <summary>Why calls got no answer: the reason, or the status where there is none.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    public IReadOnlyList<Violation> Violations => [.. _violations];

    public void Count(string kind, Outcome outcome) =>
        _calls.AddOrUpdate((kind, outcome), 1, (_, count) => count + 1);

    public void CountReason(string reason) =>
        _reasons.AddOrUpdate(reason, 1, (_, count) => count + 1);

    public void Add(Violation violation) => _violations.Enqueue(violation);

    /// <summary>How many calls had an outcome so far.</summary>
    public long CallsWith(Outcome outcome) =>
        _calls.Where(one => one.Key.Outcome == outcome).Sum(one => one.Value);
}
