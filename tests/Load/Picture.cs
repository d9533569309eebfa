using HdrHistogram;
using ScottPlot;

namespace Platform.Load;

/// <summary>A run as a picture: how slow the slow calls of each method are, and how latencies went over time.</summary>
public static class Picture
{
    private const int Width = 1400;
    private const int Height = 900;

    // of the horizontal axis: each gets the same room, as nines do on the logarithmic axis of such pictures
    private static readonly double[] Percentiles = [0, 50, 75, 90, 95, 99, 99.9, 99.99];

    /// <summary>Writes it as PNG.</summary>
    public static void Save(LoadResult result, FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var byMethod = Axes("latency by percentile", "percentile of the calls of a method");
        foreach (var method in result.Methods.Where(method => method.Latencies.TotalCount > 0))
        {
            var line = byMethod.Add.Scatter(
                Enumerable.Range(0, Percentiles.Length).Select(index => (double)index).ToArray(),
                Percentiles
                    .Select(percentile => Log(method.Latencies.GetValueAtPercentile(percentile)))
                    .ToArray()
            );
            line.LegendText = method.Operation.Name;
            line.LinePattern = method.Operation.IsWrite ? LinePattern.Dashed : LinePattern.Solid;
        }
        byMethod.Axes.Bottom.SetTicks(
            Enumerable.Range(0, Percentiles.Length).Select(index => (double)index).ToArray(),
            Percentiles.Select(percentile => $"{percentile}").ToArray()
        );
        byMethod.ShowLegend(Edge.Right);

        var overTime = Axes("latency over time, all calls", "s since the beginning");
        foreach (var percentile in (double[])[50, 99, 99.9])
        {
            var line = overTime.Add.Scatter(
                result.Moments.Select((_, index) => index * result.Moment.TotalSeconds).ToArray(),
                result.Moments.Select(moment => Log(At(moment, percentile))).ToArray()
            );
            line.LegendText = $"p{percentile}";
        }
        overTime.ShowLegend(Edge.Right);

        var both = new Multiplot();
        both.Reset(byMethod);
        both.AddPlot(overTime);
        both.SavePng(file.FullName, Width, Height);
    }

    private static Plot Axes(string title, string horizontal)
    {
        var plot = new Plot();
        plot.Title(title);
        plot.XLabel(horizontal);
        plot.YLabel("ms");
        // logarithms are plotted; the labels say what they are of
        int[] powers = [-1, 0, 1, 2, 3, 4];
        plot.Axes.Left.SetTicks(
            powers.Select(power => (double)power).ToArray(),
            powers.Select(power => $"{Math.Pow(10, power)}").ToArray()
        );
        return plot;
    }

    private static long At(LongConcurrentHistogram moment, double percentile) =>
        moment.TotalCount == 0 ? 1 : moment.GetValueAtPercentile(percentile);

    private static double Log(long microseconds) => Math.Log10(Math.Max(1, microseconds) / 1000.0);
}
