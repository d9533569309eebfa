using System.Globalization;

namespace Platform.Load;

/// <summary>A run as a table.</summary>
public static class TextReport
{
    private static readonly double[] Percentiles = [50, 90, 99, 99.9];

    public static void Write(LoadResult result, TextWriter output)
    {
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Calls:N0} calls in {result.Elapsed.TotalSeconds:N0} s: {result.Calls / result.Elapsed.TotalSeconds:N0}/s of {result.Rate:N0}/s asked"
            )
        );
        output.WriteLine();
        output.WriteLine(
            $"{"latency from when due, ms", -38}{"calls", 9}{"p50", 9}{"p90", 9}{"p99", 9}{"p99.9", 9}{"max", 9}  refused, failed"
        );
        foreach (var method in result.Methods)
        {
            var latencies = method.Latencies;
            if (latencies.TotalCount == 0)
            {
                continue;
            }
            var percentiles = string.Concat(
                Percentiles.Select(percentile =>
                    Milliseconds(latencies.GetValueAtPercentile(percentile))
                )
            );
            output.WriteLine(
                $"{(method.Operation.IsWrite ? "w " : "r ") + method.Operation.Name, -38}"
                    + string.Create(CultureInfo.InvariantCulture, $"{latencies.TotalCount, 9:N0}")
                    + $"{percentiles}{Milliseconds(latencies.GetValueAtPercentile(100))}  "
                    + string.Join(
                        ", ",
                        method
                            .Refused.Select(pair => $"{pair.Value} {pair.Key}")
                            .Concat(method.Failed.Select(pair => $"{pair.Value} {pair.Key}!"))
                    )
            );
        }
        output.WriteLine();
        output.WriteLine(
            $"begun late by this program: p50 {Milliseconds(result.Lateness.GetValueAtPercentile(50)).Trim()} ms, "
                + $"p99 {Milliseconds(result.Lateness.GetValueAtPercentile(99)).Trim()} ms (part of the latencies)"
        );
        output.WriteLine($"failed: {result.Failed}; due and not sent: {result.NotSent}");
    }

    private static string Milliseconds(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000.0, 9:N1}");
}
