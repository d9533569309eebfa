using Platform.Ctl.Cli;

namespace Platform.Ctl.Import;

/// <summary>Chooses how progress is shown.</summary>
public static class ProgressView
{
    /// <summary>A bar on a terminal, else plain lines.</summary>
    public static IProgressView For(CliConsole console, TimeProvider time) =>
        console.CanDrawProgress
            ? new BarProgressView(console)
            : new LineProgressView(console, time);
}
