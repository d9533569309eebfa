using System.Diagnostics;
using Platform.Testing;

namespace Platform.Benchmarks.Harness;

/// <summary>Brings an edge list into a platform.</summary>
public static class EdgeImport
{
    /// <summary>Loads it with <c>platformctl import</c>, which prints the rate.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task RunAsync(FileInfo edges, Uri http, Uri grpc, string? token)
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
