using System.Globalization;
using System.Text;

namespace Platform.Testing;

/// <summary>
/// The names of metrics and labels as the collector's exporter for Prometheus writes them: what is no letter, digit or underscore becomes an
/// underscore, units are written out, counters end in <c>_total</c>
/// (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics).
/// </summary>
public static class PrometheusNames
{
    /// <param name="instrument">The name of the instrument, with dots.</param>
    /// <param name="unit">Its unit, after UCUM; what is counted, in braces, is not written out.</param>
    /// <param name="isCounter">Whether it only grows.</param>
    /// <param name="isGauge">Whether it is a value at a time: one without a dimension is a ratio then.</param>
    public static string OfMetric(string instrument, string unit, bool isCounter, bool isGauge)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var words = instrument
            .Split(['.', '_', '-', '/'], StringSplitOptions.RemoveEmptyEntries)
            .ToList();
        var suffix = unit switch
        {
            "1" => isGauge ? "ratio" : "",
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "%" => "percent",
            null or "" => "",
            ['{', ..] => "",
            _ => throw new NotSupportedException($"{instrument}: how is the unit {unit} written?"),
        };
        if (suffix.Length > 0 && !words.Contains(suffix))
        {
            words.Add(suffix);
        }
        if (isCounter)
        {
            words.Remove("total");
            words.Add("total");
        }
        return string.Join('_', words);
    }

    /// <summary>The name of a label, out of that of an attribute.</summary>
    public static string OfLabel(string attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        var name = new StringBuilder(attribute.Length + 1);
        foreach (var letter in attribute)
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }
        return char.IsAsciiDigit(name[0])
            ? string.Create(CultureInfo.InvariantCulture, $"key_{name}")
            : name.ToString();
    }
}
