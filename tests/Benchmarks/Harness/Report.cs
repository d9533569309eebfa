using System.Globalization;

namespace Platform.Benchmarks.Harness;

/// <summary>Prints figures as a Markdown table, each with its ratio to the limit measured in the same run.</summary>
public static class Report
{
    /// <summary>Writes the table to standard output.</summary>
    /// <returns>False when a figure has errors.</returns>
    public static bool Print(string title, IReadOnlyList<Figure> figures)
    {
        Console.WriteLine();
        Console.WriteLine($"## {title}");
        Console.WriteLine();
        Console.WriteLine(
            "| figure | calls/s | ratio | of | p50 ms | p99 ms | server CPU us/call | errors |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var figure in figures)
        {
            var limit = figures.FirstOrDefault(other => other.Name == figure.Limit);
            var ratio = limit is null
                ? ""
                : (figure.Rate / limit.Rate).ToString("0.00", CultureInfo.InvariantCulture);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {figure.Name} | {figure.Rate:N0} | {ratio} | {figure.Limit} | {figure.P50.TotalMilliseconds:0.00} | {figure.P99.TotalMilliseconds:0.00} | {figure.CpuMicroseconds:0.0} | {figure.Errors} |"
                )
            );
        }
        return figures.All(figure => figure.Errors == 0);
    }
}
