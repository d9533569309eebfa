using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Platform.Testing;

namespace Platform.Tests.EndToEnd.Dashboards;

/// <summary>
/// What services reported by OTLP, as the collector's exporter for Prometheus offers it with the settings of deploy/telemetry/collector.yaml:
/// attributes of the resource are labels of every series. Field numbers are those of opentelemetry/proto/metrics/v1/metrics.proto.
/// </summary>
internal sealed class Exposition
{
    private readonly ConcurrentDictionary<string, double> _series = [];

    /// <summary>The names that were reported so far.</summary>
    public IEnumerable<string> Names =>
        _series.Keys.Select(static series => series[..series.IndexOf('{')]).Distinct();

    /// <summary>Takes an ExportMetricsServiceRequest; a later value of a series takes the place of the earlier one.</summary>
    public void Take(ByteString request)
    {
        foreach (var resourceMetrics in new ProtoFields(request).Of(1))
        {
            var resource = resourceMetrics
                .Message.Of(1)
                .SelectMany(static field => Labels(field.Message, 1))
                .ToList();
            resource.Add(("job", $"{Value("service_namespace")}/{Value("service_name")}"));
            resource.Add(("instance", Value("service_instance_id")));
            foreach (
                var metric in resourceMetrics
                    .Message.Of(2)
                    .SelectMany(static scope => scope.Message.Of(2))
            )
            {
                TakeMetric(metric.Message, resource);
            }

            string Value(string label) =>
                resource.Where(pair => pair.Name == label).Select(pair => pair.Value).Last();
        }
    }

    /// <summary>The page that Prometheus scrapes.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        foreach (var (series, value) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(series).Append(' ').Append(Number(value)).Append('\n');
        }
        return text.ToString();
    }

    private void TakeMetric(ProtoFields metric, List<(string Name, string Value)> resource)
    {
        var (instrument, unit) = (metric.TextOf(1), metric.TextOf(3));
        foreach (var gauge in metric.Of(5))
        {
            var name = PrometheusNames.OfMetric(instrument, unit, isCounter: false, isGauge: true);
            TakeNumbers(name, gauge.Message, resource);
        }
        foreach (var sum in metric.Of(7))
        {
            var isCounter = sum.Message.Of(3).Any(static field => field.Scalar == 1);
            var name = PrometheusNames.OfMetric(instrument, unit, isCounter, isGauge: false);
            AssertCumulative(instrument, sum.Message);
            TakeNumbers(name, sum.Message, resource);
        }
        foreach (var histogram in metric.Of(9))
        {
            var name = PrometheusNames.OfMetric(instrument, unit, isCounter: false, isGauge: false);
            AssertCumulative(instrument, histogram.Message);
            foreach (var point in histogram.Message.Of(1))
            {
                TakeHistogram(name, point.Message, resource);
            }
        }
        if (metric.Of(10).Any() || metric.Of(11).Any())
        {
            throw new NotSupportedException($"{instrument} is of a kind that is not read here");
        }
    }

    private void TakeNumbers(
        string name,
        ProtoFields data,
        List<(string Name, string Value)> resource
    )
    {
        foreach (var point in data.Of(1))
        {
            var values = point
                .Message.Of(4)
                .Select(static field => field.Double)
                .Concat(point.Message.Of(6).Select(static field => (double)(long)field.Scalar));
            Set(name, [.. resource, .. Labels(point.Message, 7)], values.Single());
        }
    }

    private void TakeHistogram(
        string name,
        ProtoFields point,
        List<(string Name, string Value)> resource
    )
    {
        List<(string, string)> labels = [.. resource, .. Labels(point, 9)];
        var bounds = point
            .Of(7)
            .SelectMany(static field => field.Fixed64s())
            .Select(BitConverter.UInt64BitsToDouble)
            .Select(Number)
            .Append("+Inf");
        var counts = point.Of(6).SelectMany(static field => field.Fixed64s());
        var total = 0UL;
        foreach (var (bound, count) in bounds.Zip(counts))
        {
            total += count;
            Set($"{name}_bucket", [.. labels, ("le", bound)], total);
        }
        Set($"{name}_count", labels, total);
        Set($"{name}_sum", labels, point.Of(5).Select(static field => field.Double).Single());
    }

    private void Set(string name, IEnumerable<(string Name, string Value)> labels, double value)
    {
        // of two attributes of the same label the collector keeps the point's own
        var written = labels
            .GroupBy(static label => label.Name, static label => label.Value)
            .OrderBy(static label => label.Key, StringComparer.Ordinal)
            .Select(static label => $"{label.Key}=\"{Escape(label.Last())}\"");
        _series[$"{name}{{{string.Join(',', written)}}}"] = value;
    }

    private static IEnumerable<(string Name, string Value)> Labels(
        ProtoFields message,
        int attributes
    ) =>
        message
            .Of(attributes)
            .Select(static pair =>
                (
                    PrometheusNames.OfLabel(pair.Message.TextOf(1)),
                    string.Concat(pair.Message.Of(2).Select(static value => Written(value.Message)))
                )
            );

    private static string Written(ProtoFields value) =>
        string.Concat(
            value
                .Of(1)
                .Select(static field => field.Text)
                .Concat(value.Of(2).Select(static field => field.Scalar == 1 ? "true" : "false"))
                .Concat(value.Of(3).Select(static field => Number((long)field.Scalar)))
                .Concat(value.Of(4).Select(static field => Number(field.Double)))
        );

    private static void AssertCumulative(string instrument, ProtoFields data) =>
        Assert.True(
            data.Of(2).Single().Scalar == 2,
            $"{instrument} is reported as differences, which the collector drops"
        );

    private static string Escape(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
