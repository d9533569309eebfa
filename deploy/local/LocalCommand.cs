using System.CommandLine;
using System.Runtime.InteropServices;

namespace Platform.Local;

/// <summary>The command line of local mode.</summary>
internal static class LocalCommand
{
    private const int Success = 0;
    private const int Failure = 1;

    public static RootCommand Create()
    {
        var defaults = new LocalOptions();
        var data = new Option<string>("--data")
        {
            Description = "Folder for everything that is kept; made when missing",
            HelpName = "DIR",
            DefaultValueFactory = _ => defaults.DataFolder,
        };
        var httpPort = Port(
            "--http-port",
            "Port of the gateway for REST and pages (0 takes a free one)",
            defaults.HttpPort
        );
        var grpcPort = Port(
            "--grpc-port",
            "Port of the gateway for gRPC (0 takes a free one)",
            defaults.GrpcPort
        );
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Log more than warnings, and say where each service listens",
        };
        var command = new RootCommand(
            "Runs the whole platform in one process, for development: connections, follows, messaging, feed and the gateway, "
                + "on SQLite and an embedded Redis-compatible store."
        )
        {
            data,
            httpPort,
            grpcPort,
            verbose,
        };
        command.SetAction(
            (parsed, _) =>
                RunAsync(
                    new LocalOptions
                    {
                        DataFolder = parsed.GetRequiredValue(data),
                        HttpPort = parsed.GetValue(httpPort),
                        GrpcPort = parsed.GetValue(grpcPort),
                        Verbose = parsed.GetValue(verbose),
                    },
                    parsed.InvocationConfiguration.Output,
                    parsed.InvocationConfiguration.Error
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        LocalOptions options,
        TextWriter output,
        TextWriter error
    )
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var platform = await LocalPlatform.StartAsync(options, stop.Token);
            await output.WriteAsync(Banner.Of(platform, options));
            await output.FlushAsync();
            var stopped = await platform.WaitAsync(stop.Token);
            if (stopped is null)
            {
                await output.WriteLineAsync("Stopping ...");
                return Success;
            }
            await error.WriteLineAsync(
                $"platform: the {stopped} service stopped by itself; --verbose logs why."
            );
            return Failure;
        }
        catch (LocalStartException exception)
        {
            await error.WriteLineAsync($"platform: {exception.Message}");
            return Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Success; // Told to stop while starting.
        }

        void Stop(PosixSignalContext context)
        {
            if (stop.IsCancellationRequested)
            {
                return; // The second signal ends the process at once, as the system does.
            }
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static Option<int> Port(string name, string description, int preset)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "PORT",
            DefaultValueFactory = _ => preset,
        };
        option.Validators.Add(result =>
        {
            // What is no number at all is refused by the parser.
            if (
                result.Tokens is [var token]
                && int.TryParse(token.Value, out var port)
                && port is < 0 or > 65535
            )
            {
                result.AddError($"{name} must be a port, 0 to 65535.");
            }
        });
        return option;
    }
}
