using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Feed.FanOut;

namespace Platform.Tests.Feed.UnitTests;

/// <summary>A rule about a metric that nobody reports never fires, and nothing else says so.</summary>
public sealed partial class AlertRuleTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Rules_Metrics_AreReported()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var reported = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) => reported.Add(PrometheusName(instrument));
        listener.Start();
        _ = new FeedMetrics(services.GetRequiredService<IMeterFactory>());

        var named = Metric().Matches(Rules()).Select(match => match.Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.Subset(reported, named.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Rules_Runbooks_AreThereAndNameTheAlert()
    {
        var rules = Rules();
        var alerts = Alert().Matches(rules).Select(match => match.Groups[1].Value).ToList();
        var pages = Runbook().Matches(rules).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Count, pages.Count);
        foreach (var (alert, page) in alerts.Zip(pages))
        {
            Assert.Contains(
                alert,
                File.ReadAllText(Path.Combine(Root, page)),
                StringComparison.Ordinal
            );
        }
    }

    // https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics: dots become underscores, units are written out
    private static string PrometheusName(Instrument instrument) =>
        instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");

    private static string Rules() =>
        File.ReadAllText(Path.Combine(Root, "deploy", "telemetry", "alerts", "feed.yaml"));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
        {
            folder =
                folder.Parent
                ?? throw new InvalidOperationException("The tests do not run within the project.");
        }
        return folder.FullName;
    }

    [GeneratedRegex(@"\bfeed_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"runbook_url: (\S+)")]
    private static partial Regex Runbook();
}
