using System.Runtime.CompilerServices;

namespace Platform.Tests.EndToEnd;

public sealed class ApiDocumentTests
{
    [Fact]
    public Task Docs_ListEveryMethod_AsItIsServed() => KeepAsync("docs/api.md", ApiDocument.Make());

    [Fact]
    public Task OpenApi_HoldsEveryMethod_AsTheContractHasIt() =>
        KeepAsync("gateway/openapi.json", OpenApiDocument.Make());

    private static async Task KeepAsync(string file, string made)
    {
        var path = Path.Combine(Root(), file);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, made);
        }
        var kept = await File.ReadAllTextAsync(path);
        Assert.Equal(made, kept, ignoreLineEndingDifferences: true);
    }

    private static string Root([CallerFilePath] string test = "") =>
        Path.Combine(Path.GetDirectoryName(test)!, "..", "..");
}
