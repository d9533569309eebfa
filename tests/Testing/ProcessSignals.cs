using System.Diagnostics;
using System.Globalization;

namespace Platform.Testing;

/// <summary>Signals to processes that a test started.</summary>
public static class ProcessSignals
{
    /// <summary>Sends a signal such as TERM, INT or STOP.</summary>
    public static void Signal(this Process process, string name)
    {
        using var kill = Process.Start(
            "kill",
            [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]
        );
        kill.WaitForExit();
    }
}
