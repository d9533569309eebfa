using System.CommandLine;
using Grpc.Core;
using Platform.Ctl.Gateway;

namespace Platform.Ctl.Cli;

/// <summary>Makes commands whose every way to fail ends in a reason on stderr and an exit code.</summary>
public sealed class CommandFactory(GlobalOptions options, CliConsole console, TimeProvider time)
{
    public Command Create(
        string name,
        string description,
        IEnumerable<Symbol> symbols,
        Func<CommandContext, CancellationToken, Task> run
    ) =>
        Create(
            name,
            description,
            symbols,
            async (context, cancellationToken) =>
            {
                await run(context, cancellationToken);
                return ExitCode.Ok;
            }
        );

    /// <param name="name">What is typed.</param>
    /// <param name="description">The first line of its help.</param>
    /// <param name="symbols">Its arguments and options, in order.</param>
    /// <param name="run">Does it and returns the exit code.</param>
    public Command Create(
        string name,
        string description,
        IEnumerable<Symbol> symbols,
        Func<CommandContext, CancellationToken, Task<int>> run
    )
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
                case Option option:
                    command.Options.Add(option);
                    break;
                default:
                    throw new ArgumentException(
                        $"{symbol.Name} is neither argument nor option.",
                        nameof(symbols)
                    );
            }
        }

        command.SetAction((parse, cancellationToken) => RunAsync(parse, run, cancellationToken));
        return command;
    }

    /// <summary>A command that one member gives: it runs with the member's token.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="description">The first line of its help.</param>
    /// <param name="member">Who acts: its first argument.</param>
    /// <param name="symbols">Its other arguments and options, in order.</param>
    /// <param name="run">Does it.</param>
    public Command CreateAs(
        string name,
        string description,
        Argument<string> member,
        IEnumerable<Symbol> symbols,
        Func<MemberRun, Task> run
    ) =>
        Create(
            name,
            description,
            [member, .. symbols],
            async (context, cancellationToken) =>
            {
                var memberId = context.Parse.GetRequiredValue(member);
                using var session = await context.ActAsAsync(memberId, cancellationToken);
                await run(new MemberRun(context, memberId, session, cancellationToken));
            }
        );

    private async Task<int> RunAsync(
        ParseResult parse,
        Func<CommandContext, CancellationToken, Task<int>> run,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var context = new CommandContext(
                parse,
                console,
                GatewayOptions.Parse(
                    parse.GetRequiredValue(options.Grpc),
                    parse.GetRequiredValue(options.Http),
                    options.GivenToken(parse),
                    TimeSpan.FromSeconds(parse.GetRequiredValue(options.Timeout))
                ),
                parse.GetValue(options.Json),
                time
            );
            return await run(context, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Whatever a call under way made of the cancellation, the user asked for it.
            console.WriteError(LocalReason.Interrupted, "stopped before it was done");
            return ExitCode.Interrupted;
        }
        catch (RpcException exception)
        {
            var failure = GatewayFailure.From(exception);
            console.WriteError(failure.Reason, failure.Message, failure.Field, failure.Metadata);
            return failure.ExitCode;
        }
        catch (CliException exception)
        {
            console.WriteError(exception.Reason, exception.Message, exception.Field);
            return exception.ExitCode;
        }
    }
}
