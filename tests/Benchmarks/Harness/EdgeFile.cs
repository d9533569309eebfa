using System.Diagnostics;

namespace Platform.Benchmarks.Harness;

/// <summary>An edge list: one pair of ids a line.</summary>
public static class EdgeFile
{
    /// <summary>The pairs.</summary>
    public static IReadOnlyList<(string A, string B)> Read(FileInfo edges) =>
        [
            .. File.ReadLines(edges.FullName)
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length == 2 && words[0][0] is not ('#' or '%'))
                .Select(words => (words[0], words[1])),
        ];

    /// <summary>Loads it with <c>platformctl import</c>, which prints the rate.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task ImportAsync(FileInfo edges, Uri http, Uri grpc, string? token)
    {
        var start = new ProcessStartInfo("dotnet");
        string[] arguments =
        [
            // what lies beside it was resolved for this program's frameworks, not for its own
            "exec",
            "--runtimeconfig",
            ServerProcess.Beside("Benchmarks.runtimeconfig.json"),
            "--depsfile",
            ServerProcess.Beside("Benchmarks.deps.json"),
            ServerProcess.Beside("platformctl.dll"),
            "import",
            "--edges",
            edges.FullName,
            "--http",
            http.OriginalString,
            "--grpc",
            grpc.OriginalString,
            .. token is null ? Array.Empty<string>() : ["--token", token],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var import = Process.Start(start)!;
        await import.WaitForExitAsync();
        if (import.ExitCode != 0)
        {
            throw new InvalidOperationException($"The import ended with {import.ExitCode}.");
        }
    }
}
