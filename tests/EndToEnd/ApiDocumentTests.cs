using System.Runtime.CompilerServices;

namespace Platform.Tests.EndToEnd;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task Docs_ListEveryMethod_AsItIsServed()
    {
        var made = ApiDocument.Make();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(SourceFile(), made);
        }
        var kept = await File.ReadAllTextAsync(SourceFile());
        Assert.Equal(made, kept, ignoreLineEndingDifferences: true);
    }

    private static string SourceFile([CallerFilePath] string test = "") =>
        Path.Combine(Path.GetDirectoryName(test)!, "..", "..", "docs", "api.md");
}
