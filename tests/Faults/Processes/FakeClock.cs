using System.Globalization;

namespace Platform.Tests.Faults.Processes;

/// <summary>
/// The wall clock of one process, which can jump: the library libfaketime stands between the process and the system, and looks
/// at a file. Clocks that measure how long something takes do not jump, as they do not on a machine whose time is set.
/// </summary>
internal sealed class FakeClock(string library, string file)
{
    // where Debian's, Fedora's and Alpine's packages put it
    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib64/faketime/libfaketime.so.1",
        "/usr/lib/faketime/libfaketime.so.1",
    ];

    /// <summary>The library; null where it is not installed.</summary>
    public static string? Library => Places.FirstOrDefault(File.Exists);

    /// <summary>Moves the clock, from the next look of the library (half a second at most) on.</summary>
    /// <param name="offset">By how much it differs from the true time.</param>
    public void Jump(TimeSpan offset)
    {
        // put in place at once: the process must not read half a file
        var next = file + ".next";
        File.WriteAllText(
            next,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(offset < TimeSpan.Zero ? "-" : "+")}{Math.Abs(offset.TotalSeconds):0}s\n"
            )
        );
        File.Move(next, file, overwrite: true);
    }

    /// <summary>What makes a process use this clock.</summary>
    public void AddTo(IDictionary<string, string?> environment)
    {
        Jump(TimeSpan.Zero);
        environment["LD_PRELOAD"] = library;
        environment["FAKETIME_TIMESTAMP_FILE"] = file;
        environment["FAKETIME_CACHE_DURATION"] = "1";
        environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        environment["NO_FAKE_STAT"] = "1";
    }
}
