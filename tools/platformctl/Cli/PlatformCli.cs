using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Platform.Ctl.Connections;
using Platform.Ctl.Feed;
using Platform.Ctl.Follows;
using Platform.Ctl.Import;
using Platform.Ctl.Members;
using Platform.Ctl.Messaging;
using Platform.Ctl.Status;
using Platform.Ctl.Tokens;
using Platform.Ctl.Transfer;

namespace Platform.Ctl.Cli;

/// <summary>The whole program but for the process around it.</summary>
public sealed class PlatformCli
{
    private readonly Command _root;
    private readonly CliConsole _console;

    /// <param name="console">Where it writes.</param>
    /// <param name="environment">Reads an environment variable; null when it is not set.</param>
    /// <param name="time">The clock of deadlines, back-off and rates.</param>
    public PlatformCli(CliConsole console, Func<string, string?> environment, TimeProvider time)
    {
        _console = console;
        var options = new GlobalOptions(environment);
        var factory = new CommandFactory(options, console, time);
        // Not a RootCommand: that one is named after the process, whatever started it.
        _root = new Command(
            "platformctl",
            """
            Speaks to the platform's gateway: connections, follows, messages, posts and the home feed.

            Exit codes: 0 done, 1 refused by the service, 2 wrong usage or input, 3 gateway or service not reachable,
            4 done in part (import, verify, follows verify, feed verify, invite-batch), 130 interrupted. Errors go to stderr as `error: REASON: message`.
            """
        );
        _root.Options.Add(new HelpOption());
        _root.Options.Add(new VersionOption());
        options.AddTo(_root);
        Command[] commands =
        [
            StatusCommand.Create(factory),
            TokenCommand.Create(factory),
            .. InvitationCommands.Create(factory),
            InviteBatchCommand.Create(factory),
            .. LimitCommands.Create(factory),
            .. ConnectionCommands.Create(factory),
            .. BlockCommands.Create(factory),
            SettingsCommand.Create(factory),
            DegreeCommand.Create(factory),
            NetworkCommand.Create(factory),
            WatchCommand.Create(factory),
            RecommendationCommands.Create(factory),
            .. FollowCommands.Create(factory),
            .. MuteCommands.Create(factory),
            FollowsCommand.Create(factory),
            .. MessageCommands.Create(factory),
            .. FeedCommands.Create(factory),
            ImportCommand.Create(factory),
            VerifyCommand.Create(factory),
            ExportCommand.Create(factory),
            DeleteMemberCommand.Create(factory),
        ];
        foreach (var command in commands)
        {
            _root.Subcommands.Add(command);
        }
    }

    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        // No response files: a text may begin with @.
        var parse = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction)
        {
            foreach (var error in parse.Errors)
            {
                _console.WriteError(
                    LocalReason.InvalidUsage,
                    error
                        .Message.ReplaceLineEndings(" ")
                        .Replace("\t", "", StringComparison.Ordinal)
                );
            }

            _console.WriteNote(
                $"platformctl {parse.CommandResult.Command.Name switch
            {
                var name when name == _root.Name => "",
                var name => name + " ",
            }}--help shows what it takes"
            );
            return ExitCode.BadInput;
        }

        // Signals are the caller's: the library would end the process two seconds after the first one.
        return await parse.InvokeAsync(
            new InvocationConfiguration
            {
                Output = _console.Out,
                Error = _console.Error,
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            },
            cancellationToken
        );
    }
}
