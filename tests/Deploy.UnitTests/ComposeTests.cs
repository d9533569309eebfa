using System.Globalization;
using System.Text.RegularExpressions;
using Platform.ServiceDefaults.Draining;

namespace Platform.Tests.Deploy;

/// <summary>What deploy/compose must hold, beside what .ci/compose-smoke sees of it running.</summary>
public sealed partial class ComposeTests
{
    [Fact]
    public void Services_HaveTheTimeThatTheyTakeToEnd()
    {
        var text = Repository.Read("deploy/compose/compose.yaml");
        // what every service has; the stores have more, of their own
        var service = Service().Match(text).Value;
        var grace = Grace().Match(service);

        Assert.True(grace.Success, "services have no stop_grace_period: Docker gives 10 s");
        Assert.DoesNotContain("Shutdown__DrainTime", text, StringComparison.Ordinal);
        Assert.InRange(
            TimeSpan.FromSeconds(int.Parse(grace.Groups[1].Value, CultureInfo.InvariantCulture)),
            new DrainOptions().EndsWithin + Repository.ToSpare,
            TimeSpan.FromMinutes(2)
        );
    }

    [GeneratedRegex(@"^x-service: .*?(?=^\S)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Service();

    [GeneratedRegex(@"^  stop_grace_period: (\d+)s$", RegexOptions.Multiline)]
    private static partial Regex Grace();
}
