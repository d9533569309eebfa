using System.Diagnostics;
using System.Globalization;

namespace Platform.Benchmarks.Harness;

/// <summary>Runs scripts by PostgreSQL's own client: no driver is needed, and its clock is in the same process as the query's.</summary>
/// <param name="connection">A connection string, as <c>psql --dbname</c> takes it.</param>
public sealed class Psql(string connection)
{
    /// <summary>Runs a script.</summary>
    /// <param name="script">Writes it.</param>
    /// <returns>The lines it answered.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(Func<TextWriter, Task> script)
    {
        var start = new ProcessStartInfo("psql")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            $"--dbname={connection}",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var psql = Process.Start(start)!;
        var output = psql.StandardOutput.ReadToEndAsync();
        await using (var input = psql.StandardInput)
        {
            await script(input);
        }
        await psql.WaitForExitAsync();
        return psql.ExitCode == 0
            ? (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"psql ended with {psql.ExitCode}.");
    }

    /// <summary>The times, in microseconds, that <c>\timing</c> printed among <paramref name="lines"/>.</summary>
    public static IEnumerable<double> Times(IEnumerable<string> lines) =>
        lines
            .Where(line => line.StartsWith("Time: ", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) * 1000);
}
