using System.Text.RegularExpressions;

namespace Platform.Tests.Gateway.ApiTests.Attack;

/// <summary>docs/security.md names for each threat the tests that make it; they must exist.</summary>
public sealed partial class ThreatTableTests
{
    [Fact]
    public void EveryThreat_NamesTestsThatExist()
    {
        var sources = Directory
            .EnumerateFiles(
                Path.Combine(AppContext.BaseDirectory, "sources"),
                "*Tests.cs",
                SearchOption.AllDirectories
            )
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "security.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(2)
            .Select(row => (Row: row, Tests: TestName().Matches(row)))
            .ToList();

        Assert.NotEmpty(rows);
        foreach (var (row, tests) in rows)
        {
            Assert.True(tests.Count > 0, $"No test stands beside: {row}");
            foreach (Match test in tests)
            {
                Assert.True(
                    sources.TryGetValue(test.Groups[1].Value, out var source)
                        && source.Contains($" {test.Groups[2].Value}(", StringComparison.Ordinal),
                    $"docs/security.md names {test.Value}, which is not there."
                );
            }
        }
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
