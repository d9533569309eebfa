using System.Globalization;

namespace Platform.Benchmarks.Harness;

/// <summary>A figure of work within one process, beside its limit and what is asked of it.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">How much.</param>
/// <param name="Unit">Of what.</param>
/// <param name="Limit">What the same machine needs in the same run for the least that has to be done; null for none.</param>
/// <param name="LimitName">What that is.</param>
/// <param name="Asked">What is asked for; empty for nothing.</param>
/// <param name="Met">Whether it is met; null when nothing is asked for.</param>
public sealed record Finding(
    string Name,
    double Measured,
    string Unit,
    double? Limit = null,
    string LimitName = "",
    string Asked = "",
    bool? Met = null
)
{
    /// <summary>Prints findings as a Markdown table.</summary>
    public static void Print(string title, IEnumerable<Finding> findings)
    {
        Console.WriteLine();
        Console.WriteLine($"## {title}");
        Console.WriteLine();
        Console.WriteLine("| figure | measured | limit of this run | ratio | asked | met |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var finding in findings)
        {
            var limit = finding.Limit is { } value
                ? $"{Number(value)} {finding.Unit}: {finding.LimitName}"
                : finding.LimitName;
            var ratio = finding.Limit is { } of ? Number(finding.Measured / of) : "";
            var met = finding.Met switch
            {
                true => "yes",
                false => "NO",
                null => "",
            };
            Console.WriteLine(
                $"| {finding.Name} | {Number(finding.Measured)} {finding.Unit} | {limit} | {ratio} | {finding.Asked} | {met} |"
            );
        }
    }

    // three digits that mean something
    private static string Number(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 100 => "N0",
                >= 10 => "N1",
                >= 1 => "N2",
                _ => "N3",
            },
            CultureInfo.InvariantCulture
        );
}
