using System.Text.Json;

namespace Platform.Tests.EndToEnd.Dashboards;

/// <summary>What the dashboards of deploy/telemetry ask Prometheus for.</summary>
internal static class Panels
{
    public sealed record Target(string Dashboard, string Panel, string Expression)
    {
        public override string ToString() => $"{Dashboard}, {Panel}: {Expression}";
    }

    /// <summary>Every target of every panel, also of those in folded rows, with Grafana's variables filled in.</summary>
    public static IReadOnlyList<Target> Read(string dashboards) =>
        [
            .. Directory
                .GetFiles(dashboards, "*.json")
                .Order(StringComparer.Ordinal)
                .SelectMany(static path =>
                {
                    using var dashboard = JsonDocument.Parse(File.ReadAllText(path));
                    return TargetsOf(Path.GetFileName(path), dashboard.RootElement).ToList();
                }),
        ];

    private static IEnumerable<Target> TargetsOf(string dashboard, JsonElement root)
    {
        var variables = root.GetProperty("templating")
            .GetProperty("list")
            .EnumerateArray()
            // as Grafana does with "All" of a variable in a regular expression
            .Select(static variable => ($"${variable.GetProperty("name").GetString()}", ".*"))
            // as wide as the test is long
            .Prepend(("$__range", "1m"))
            .Prepend(("$__interval", "5s"))
            .Prepend(("$__rate_interval", "30s"))
            .ToList();
        return PanelsOf(root)
            .SelectMany(panel =>
                (
                    panel.TryGetProperty("targets", out var targets)
                        ? targets.EnumerateArray()
                        : default
                ).Select(target => new Target(
                    dashboard,
                    panel.GetProperty("title").GetString()!,
                    variables.Aggregate(
                        target.GetProperty("expr").GetString()!,
                        static (expression, variable) =>
                            expression
                                .Replace(
                                    $"${{{variable.Item1[1..]}}}",
                                    variable.Item2,
                                    StringComparison.Ordinal
                                )
                                .Replace(variable.Item1, variable.Item2, StringComparison.Ordinal)
                    )
                ))
            );
    }

    private static IEnumerable<JsonElement> PanelsOf(JsonElement parent) =>
        parent.TryGetProperty("panels", out var panels)
            ? panels.EnumerateArray().SelectMany(panel => PanelsOf(panel).Prepend(panel))
            : [];
}
