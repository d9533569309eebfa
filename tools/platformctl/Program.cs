using System.Runtime.InteropServices;
using System.Text;
using Platform.Ctl.Cli;

// Texts are UTF-8 whatever the locale says.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

using var stop = new CancellationTokenSource();

// The first signal asks the command to stop and to sum up; the second one ends the process as it would have anyway.
void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var cli = new PlatformCli(
    CliConsole.ForProcess(),
    Environment.GetEnvironmentVariable,
    TimeProvider.System
);
return await cli.RunAsync(args, stop.Token);
