using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Testing;
using YamlDotNet.Serialization;

namespace Platform.Tests.Deploy;

/// <summary>A panel or a rule about a metric that nobody reports shows nothing and never fires, and nothing else says so.</summary>
public sealed partial class TelemetryTests
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        // Compose's own: a list that takes the place of that of the file below, instead of being added to it
        .WithTagMapping("!override", typeof(List<object>))
        .Build();

    private static readonly Lazy<IReadOnlySet<string>> Reported = new(() =>
        Instruments.Ours().Concat(Instruments.OfTheFramework).ToHashSet(StringComparer.Ordinal)
    );

    public static TheoryData<string> Dashboards =>
        [.. Repository.Files("deploy/telemetry/dashboards", "*.json")];

    public static TheoryData<string> RuleFiles =>
        [.. Repository.Files("deploy/telemetry/alerts", "*.yaml")];

    public static TheoryData<string> YamlFiles =>
        [
            .. Repository
                .Files("deploy/compose", "*.yaml")
                .Concat(Repository.Files("deploy/telemetry", "*.yaml")),
        ];

    [Fact]
    public void Instruments_OfTheCode_AreFound()
    {
        var ours = Instruments.Ours().ToList();

        // one of each kind, with and without a unit
        Assert.Contains("feed_fanout_lag_seconds_bucket", ours);
        Assert.Contains("feed_fanout_entries_total", ours);
        Assert.Contains("feed_fanout_pending", ours);
        Assert.Contains("platform_connection_changes_lag_seconds", ours);
        Assert.Contains("platform_refusals_total", ours);
        Assert.Contains("follows_journal_left", ours);
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void Dashboard_ShowsOnlyWhatIsReported(string path)
    {
        using var dashboard = JsonDocument.Parse(Repository.Read(path));
        var expressions = dashboard
            .RootElement.GetProperty("panels")
            .EnumerateArray()
            .Where(panel => panel.GetProperty("type").GetString() != "row")
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();

        Assert.NotEmpty(expressions);
        Assert.All(expressions, AssertReported);
    }

    [Fact]
    public void Dashboards_HaveNamesAndPlacesOfTheirOwn()
    {
        var boards = Dashboards
            .Select(row => JsonDocument.Parse(Repository.Read(row.Data)).RootElement)
            .ToList();

        Assert.Distinct(boards.Select(board => board.GetProperty("uid").GetString()));
        Assert.Distinct(boards.Select(board => board.GetProperty("title").GetString()));
        Assert.All(
            boards,
            board =>
            {
                var panels = board.GetProperty("panels").EnumerateArray().ToList();
                Assert.Distinct(panels.Select(panel => panel.GetProperty("id").GetInt32()));
                Assert.Distinct(
                    panels.Select(panel =>
                        (
                            panel.GetProperty("gridPos").GetProperty("x").GetInt32(),
                            panel.GetProperty("gridPos").GetProperty("y").GetInt32()
                        )
                    )
                );
            }
        );
    }

    [Theory]
    [MemberData(nameof(RuleFiles))]
    public void Rules_WatchOnlyWhatIsReported_AndLeadToAPageThatNamesThem(string path)
    {
        var file = Yaml.Deserialize<RuleFile>(Repository.Read(path));
        var rules = file.Groups.SelectMany(group => group.Rules).ToList();

        Assert.NotEmpty(rules);
        Assert.All(
            rules,
            rule =>
            {
                AssertReported(rule.Expr);
                Assert.Contains(rule.Labels["severity"], new[] { "warning", "critical" });
                Assert.NotEmpty(rule.Annotations["summary"]);
                Assert.Contains(
                    rule.Alert,
                    Repository.Read(rule.Annotations["runbook_url"]),
                    StringComparison.Ordinal
                );
            }
        );
    }

    [Fact]
    public async Task Alerts_FireWhenTheyShould_AndNotBefore()
    {
        var (code, output, error) = await Tool.RunAsync(
            "promtool",
            "test",
            "rules",
            Path.Combine(Repository.Root, "deploy", "telemetry", "tests", "alerts.yaml")
        );

        Assert.True(code == 0, output + error);
    }

    [Fact]
    public async Task Prometheus_ReadsItsConfiguration_WithAllRules()
    {
        // as compose puts the files, elsewhere
        using var folder = new TemporaryFolder();
        var configuration = Path.Combine(folder.Path, "prometheus.yaml");
        await File.WriteAllTextAsync(
            configuration,
            Repository
                .Read("deploy/telemetry/prometheus.yaml")
                .Replace(
                    "/etc/prometheus/",
                    Path.Combine(Repository.Root, "deploy", "telemetry") + "/",
                    StringComparison.Ordinal
                )
        );

        var (code, output, error) = await Tool.RunAsync(
            "promtool",
            "check",
            "config",
            configuration
        );

        Assert.True(code == 0, output + error);
        Assert.Contains($"{RuleFiles.Count} rule files found", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_HaveNamesOfTheirOwn() =>
        Assert.Distinct(
            RuleFiles
                .SelectMany(row => Yaml.Deserialize<RuleFile>(Repository.Read(row.Data)).Groups)
                .SelectMany(group => group.Rules)
                .Select(rule => rule.Alert)
        );

    [Theory]
    [MemberData(nameof(YamlFiles))]
    public void Files_AreYaml_AndNameVersions(string path)
    {
        var text = Repository.Read(path);

        Assert.NotNull(
            Yaml.Deserialize<object>(
                new YamlDotNet.Core.MergingParser(
                    new YamlDotNet.Core.Parser(new StringReader(text))
                )
            )
        );
        Assert.All(
            Image().Matches(text).Select(match => match.Groups[1].Value),
            image => Assert.Matches(@":(\$\{\w+:-)?[\w.]*[\d\w][\w.]*\}?$", image)
        );
        Assert.DoesNotContain(":latest", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlay_Files_AreThere_AndEveryServiceSends()
    {
        var text = Repository.Read("deploy/compose/compose.telemetry.yaml");

        Assert.All(
            SourceFile().Matches(text).Select(match => match.Groups[1].Value),
            path =>
                Assert.True(
                    Path.Exists(Path.Combine(Repository.Root, "deploy", "compose", path)),
                    path
                )
        );
        Assert.All(
            new[] { "connections", "follows", "messaging", "feed", "gateway" },
            service => Assert.Contains($"\n  {service}: *sends\n", text, StringComparison.Ordinal)
        );
    }

    private static void AssertReported(string expression)
    {
        var named = Metric()
            .Matches(NotAMetric().Replace(expression, ""))
            .Select(match => match.Value)
            .ToList();
        Assert.True(named.Count > 0, $"{expression} names no metric");
        Assert.All(named, name => Assert.Contains(name, Reported.Value));
    }

    // selectors, ranges and the labels of groups
    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\b(by|without) \([^)]*\)")]
    private static partial Regex NotAMetric();

    // of several words, and no function
    [GeneratedRegex(@"\b[a-z][a-z0-9]*(_[a-z0-9]+)+\b(?!\s*\()")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\s+image: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Image();

    [GeneratedRegex(@"(\.\./telemetry/[\w./-]+)")]
    private static partial Regex SourceFile();

    private sealed class RuleFile
    {
        [YamlMember(Alias = "groups")]
        public List<RuleGroup> Groups { get; set; } = [];
    }

    private sealed class RuleGroup
    {
        [YamlMember(Alias = "name")]
        public string Name { get; set; } = "";

        [YamlMember(Alias = "rules")]
        public List<Rule> Rules { get; set; } = [];
    }

    private sealed class Rule
    {
        [YamlMember(Alias = "alert")]
        public string Alert { get; set; } = "";

        [YamlMember(Alias = "expr")]
        public string Expr { get; set; } = "";

        [YamlMember(Alias = "for")]
        public string For { get; set; } = "";

        [YamlMember(Alias = "labels")]
        public Dictionary<string, string> Labels { get; set; } = [];

        [YamlMember(Alias = "annotations")]
        public Dictionary<string, string> Annotations { get; set; } = [];
    }
}
