using System.Text.RegularExpressions;
using Platform.Testing;

namespace Platform.Tests.Deploy;

/// <summary>
/// The names of metrics as Prometheus has them, read out of the code that makes the instruments.
/// </summary>
internal static partial class Instruments
{
    /// <summary>
    /// What .NET and ASP.NET Core report, of what dashboards and rules use
    /// (https://learn.microsoft.com/dotnet/core/diagnostics/built-in-metrics).
    /// </summary>
    public static readonly string[] OfTheFramework =
    [
        "http_server_request_duration_seconds_bucket",
        "http_server_request_duration_seconds_count",
        "http_server_active_requests",
        "http_client_request_duration_seconds_bucket",
        "kestrel_active_connections",
        "dotnet_process_cpu_time_seconds_total",
        "dotnet_process_memory_working_set_bytes",
    ];

    /// <summary>What the code of the services and the gateway makes.</summary>
    public static IEnumerable<string> Ours() =>
        Repository
            .Files("services", "*.cs")
            .Concat(Repository.Files("gateway", "*.cs"))
            .Select(Repository.Read)
            .SelectMany(source => Creation().Matches(source))
            .SelectMany(Names);

    private static IEnumerable<string> Names(Match creation)
    {
        var kind = creation.Groups["kind"].Value;
        var arguments = Description().Replace(creation.Groups["arguments"].Value, "");
        var texts = Text().Matches(arguments).Select(match => match.Groups[1].Value).ToList();
        var unit = texts.Count > 1 ? texts[1] : "";
        var isCounter = kind is "Counter" or "ObservableCounter";
        var name = PrometheusNames.OfMetric(
            texts[0],
            unit,
            isCounter,
            kind is "Gauge" or "ObservableGauge"
        );
        return kind switch
        {
            "Histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    [GeneratedRegex(
        @"\.Create(?<kind>ObservableCounter|ObservableGauge|ObservableUpDownCounter|UpDownCounter|Counter|Histogram|Gauge)(<\w+>)?\((?<arguments>.*?)\);",
        RegexOptions.Singleline
    )]
    private static partial Regex Creation();

    [GeneratedRegex(@"description:\s*""[^""]*""")]
    private static partial Regex Description();

    [GeneratedRegex(@"""([^""]*)""")]
    private static partial Regex Text();
}
