using Platform.Ctl.Cli;
using Platform.Tests.Ctl.UnitTests.Fakes;

namespace Platform.Tests.Ctl.UnitTests;

/// <summary>One run of the program in this process: what it printed and its exit code.</summary>
public sealed record CliRun(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<CliRun> AgainstAsync(FakeGateway gateway, params string[] args) =>
        RunAsync([.. args, "--grpc", gateway.Grpc, "--http", gateway.Http]);

    public static async Task<CliRun> RunAsync(
        string[] args,
        Dictionary<string, string>? environment = null,
        Action? onLine = null,
        CancellationToken stop = default
    )
    {
        using var output = new LineWriter(onLine);
        using var error = new StringWriter { NewLine = "\n" };
        var console = new CliConsole(
            TextWriter.Synchronized(output),
            TextWriter.Synchronized(error),
            outIsTerminal: false,
            errorIsTerminal: false
        );
        var cli = new PlatformCli(
            console,
            name => environment?.GetValueOrDefault(name),
            TimeProvider.System
        );
        var exitCode = await cli.RunAsync(args, stop);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Says when a line was written, to whoever waits for it.</summary>
    private sealed class LineWriter : StringWriter
    {
        private readonly Action? _onLine;

        public LineWriter(Action? onLine)
        {
            _onLine = onLine;
            NewLine = "\n";
        }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            _onLine?.Invoke();
        }
    }
}
