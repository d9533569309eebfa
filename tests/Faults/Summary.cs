using System.Globalization;
using System.Text;
using Platform.Tests.Faults.Checking;
using Platform.Tests.Faults.Injection;
using Platform.Tests.Faults.Load;

namespace Platform.Tests.Faults;

/// <summary>What a run came to.</summary>
/// <param name="Compared">How many answers the checker compared at the end.</param>
internal sealed record Summary(
    string Installation,
    FaultOptions Options,
    TimeSpan Elapsed,
    IReadOnlyList<Injected> Faults,
    Tally Tally,
    int Compared
)
{
    // the first tell what happened; a thousand more tell nothing new
    private const int MostViolations = 50;

    public IReadOnlyList<Violation> Violations => Tally.Violations;

    /// <summary>As text: operations, faults, violations.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line(
            text,
            $"fault suite, {Installation}, seed {Options.Seed}, {Options.Worlds} workers, {Elapsed.TotalSeconds:0} s"
        );
        Line(text, $"");
        Line(text, $"{"operations", -28}{"acknowledged", 14}{"refused", 10}{"unanswered", 12}");
        foreach (var kind in Tally.Calls.GroupBy(one => one.Key.Kind).OrderBy(one => one.Key))
        {
            Line(
                text,
                $"{kind.Key, -28}{Count(kind, Outcome.Acknowledged), 14:N0}{Count(kind, Outcome.Refused), 10:N0}{Count(kind, Outcome.Unknown), 12:N0}"
            );
        }
        Line(
            text,
            $"{"all", -28}{Count(Tally.Calls, Outcome.Acknowledged), 14:N0}{Count(Tally.Calls, Outcome.Refused), 10:N0}{Count(Tally.Calls, Outcome.Unknown), 12:N0}"
        );
        Line(
            text,
            $"why attempts got no answer: {string.Join(", ", Tally.Reasons.OrderByDescending(one => one.Value).Select(one => $"{one.Value} {one.Key}"))}"
        );
        Line(text, $"");
        Line(
            text,
            $"{"faults injected", -40}{"times", 6}{"longest, s", 12}{"answered", 10}{"unanswered", 12}"
        );
        var injected = Faults.Where(one => one.Problem is null).ToArray();
        foreach (var fault in injected.GroupBy(one => $"{one.Kind}: {one.Subject}"))
        {
            Line(
                text,
                $"{fault.Key, -40}{fault.Count(), 6}{fault.Max(one => one.Seconds), 12:0.0}{fault.Sum(one => one.Acknowledged), 10:N0}{fault.Sum(one => one.Unanswered), 12:N0}"
            );
        }
        Line(text, $"{"all", -40}{injected.Length, 6}");
        foreach (var skipped in Faults.Where(one => one.Problem is not null))
        {
            Line(text, $"skipped {skipped.Kind}: {skipped.Subject}: {skipped.Problem}");
        }
        Line(text, $"");
        Line(text, $"answers compared at the end: {Compared:N0}");
        Line(text, $"violations: {Violations.Count}");
        foreach (var kind in Violations.GroupBy(one => one.Kind))
        {
            Line(text, $"  {kind.Count()} x {kind.Key}");
        }
        foreach (var violation in Violations.Take(MostViolations))
        {
            Line(text, $"  {violation}");
        }
        return text.ToString();
    }

    private static long Count(
        IEnumerable<KeyValuePair<(string Kind, Outcome Outcome), long>> calls,
        Outcome outcome
    ) => calls.Where(one => one.Key.Outcome == outcome).Sum(one => one.Value);

    private static void Line(StringBuilder text, FormattableString line) =>
        text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
