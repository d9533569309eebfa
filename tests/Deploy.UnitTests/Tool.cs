using System.ComponentModel;
using System.Diagnostics;

namespace Platform.Tests.Deploy;

/// <summary>Runs what operators have on their machines.</summary>
internal static class Tool
{
    /// <summary>Its exit code and what it wrote. Skips the test where it is not installed.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string name,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await error);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{name} is not installed");
            throw;
        }
    }
}
