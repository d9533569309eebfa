using System.ComponentModel;
using System.Diagnostics;

namespace Platform.Tests.Faults.Processes;

/// <summary>Programs of the system that need not be there.</summary>
internal static class Command
{
    /// <summary>Runs one to its end; whether it was there and succeeded.</summary>
    public static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
