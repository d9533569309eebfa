namespace Platform.Tests.Faults.Processes;

/// <summary>
/// The wall clock of one process, which can jump: a small library (clock.c) stands between the process and the system, and looks at a
/// file. Clocks that measure how long something takes do not jump, as they do not on a machine whose time is set.
/// </summary>
internal sealed class FakeClock
{
    private const long NanosecondsPerTick = 100;

    private static readonly Lazy<string?> Library = new(Compile);

    private readonly string _file;

    private FakeClock(string file) => _file = file;

    /// <summary>Why clocks cannot be moved, where they cannot.</summary>
    public static string Problem =>
        "a library has to be compiled for it: that needs Linux and a C compiler (cc)";

    /// <summary>A clock that is read from a file; null where clocks cannot be moved.</summary>
    public static FakeClock? Create(string file)
    {
        if (Library.Value is null)
        {
            return null;
        }
        var clock = new FakeClock(file);
        clock.Jump(TimeSpan.Zero);
        return clock;
    }

    /// <summary>Moves the clock, at once.</summary>
    /// <param name="offset">By how much it differs from the true time.</param>
    public void Jump(TimeSpan offset)
    {
        // within the file that is there: the process has it in its memory
        using var file = new FileStream(
            _file,
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.ReadWrite
        );
        file.Write(BitConverter.GetBytes(offset.Ticks * NanosecondsPerTick));
    }

    /// <summary>What makes a process use this clock.</summary>
    public void AddTo(IDictionary<string, string?> environment)
    {
        environment["LD_PRELOAD"] = Library.Value;
        environment["PLATFORM_FAULTS_CLOCK"] = _file;
    }

    private static string? Compile()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Processes", "clock.c");
        var library = Path.Combine(AppContext.BaseDirectory, "libfaultsclock.so");
        return
            OperatingSystem.IsLinux()
            && Command.Run("cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl")
            ? library
            : null;
    }
}
