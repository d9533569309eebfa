using System.Text.RegularExpressions;
using Platform.Common.V1;
using Platform.ServiceDefaults.Errors;

namespace Platform.Tests.ServiceDefaults;

public sealed partial class ErrorCatalogTests
{
    [Fact]
    public void StatusCodeOf_EveryReason_HasOne()
    {
        foreach (
            var reason in Enum.GetValues<ErrorReason>()
                .Where(reason => reason != ErrorReason.Unspecified)
        )
        {
            Assert.NotEqual(Grpc.Core.StatusCode.OK, ErrorCatalog.StatusCodeOf(reason));
            Assert.Equal(reason, ErrorCatalog.ReasonOf(ErrorCatalog.NameOf(reason)));
        }
    }

    [Fact]
    public void Docs_ListEveryReasonOnce_WithItsStatus()
    {
        var documented = Row()
            .Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "errors.md")))
            .Select(row => (row.Groups["reason"].Value, row.Groups["status"].Value))
            .Order()
            .ToList();
        var real = Enum.GetValues<ErrorReason>()
            .Where(reason => reason != ErrorReason.Unspecified)
            .Select(reason =>
                (
                    ErrorCatalog.NameOf(reason),
                    SnakeCase(ErrorCatalog.StatusCodeOf(reason).ToString())
                )
            )
            .Order()
            .ToList();
        Assert.Equal(real, documented);
    }

    private static string SnakeCase(string name) =>
        WordStart().Replace(name, "_").ToUpperInvariant();

    [GeneratedRegex(@"^\| `(?<reason>[A-Z_]+)` \| (?<status>[A-Z_]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();
}
