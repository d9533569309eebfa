using System.Globalization;
using Platform.Tests.Faults.Processes;

namespace Platform.Tests.Faults;

/// <summary>
/// Each sort of fault once, with the stores that this machine can have. <c>PLATFORM_FAULTS_SEED</c> repeats a run; the long form is this
/// program with <c>--minutes</c> (docs/operations/fault-suite.md).
/// </summary>
public sealed class ShortFormTests(ITestOutputHelper output)
{
    /// <summary>Where summaries are left: artifacts/faults.</summary>
    private static string Summaries =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "faults"));

    [Fact]
    public async Task EachFault_InContainers_BreaksNoPromise()
    {
        var problem = await Installation.FindProblemAsync();
        Assert.SkipWhen(problem is not null, problem ?? "");
        await RunAsync(inContainers: true);
    }

    [Fact]
    public async Task EachFault_Embedded_BreaksNoPromise()
    {
        Assert.SkipWhen(
            await Installation.FindProblemAsync() is null,
            "containers are here: the same faults come to MongoDB and Redis, in the other test"
        );
        await RunAsync(inContainers: false);
    }

    private async Task RunAsync(bool inContainers)
    {
        var seed = Environment.GetEnvironmentVariable("PLATFORM_FAULTS_SEED")
            is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        var logs = Directory.CreateTempSubdirectory("platform-faults-").FullName;
        var summary = await FaultRun.RunAsync(
            new FaultOptions(seed),
            inContainers,
            logs,
            output.WriteLine
        );
        var text = summary.ToString();
        output.WriteLine(text);
        Directory.CreateDirectory(Summaries);
        await File.WriteAllTextAsync(
            Path.Combine(Summaries, inContainers ? "containers.txt" : "embedded.txt"),
            text
        );
        Assert.True(summary.Violations.Count == 0, $"logs: {logs}\n{text}");
        Directory.Delete(logs, recursive: true);
    }
}
