using System.CommandLine;
using System.Globalization;
using System.Text;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;
using Platform.Ctl.Transfer;

namespace Platform.Ctl.Import;

/// <summary>Loads an edge list as connections.</summary>
public static class ImportCommand
{
    public static Command Create(CommandFactory factory)
    {
        var options = new EdgeFileOptions(concurrency: 32, required: false);
        var graph = new Option<string?>("--graph")
        {
            Description =
                "A file of `export`: everything in it is stored as it was, with its times",
            HelpName = "FILE",
        };
        var command = factory.Create(
            "import",
            "Load an edge list as connections: the first of each pair invites, the second accepts. Or load a whole graph "
                + "that `export` wrote. Leaves alone what is there; can be stopped and run again",
            [.. options.All, graph],
            (context, cancellationToken) =>
                context.Parse.GetValue(graph) is { } file
                    ? GraphImport.RunAsync(
                        context,
                        file,
                        context.Parse.GetRequiredValue(options.Concurrency),
                        cancellationToken
                    )
                    : RunAsync(context, options, cancellationToken)
        );
        command.Validators.Add(result =>
        {
            var given = new Option[] { options.Edges, graph }.Count(option =>
                result.GetResult(option) is { Implicit: false }
            );
            if (given != 1)
            {
                result.AddError("import takes --edges or --graph, one of the two.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        EdgeFileOptions options,
        CancellationToken cancellationToken
    )
    {
        var list = await options.ReadAsync(context, cancellationToken);
        using var session = await context.ActForAllAsync(cancellationToken);
        var importer = new Importer(
            new GatewayConnectionGraph(session),
            ProgressView.For(context.Console, context.Time),
            context.Time
        );
        var summary = await importer.RunAsync(
            list,
            Guid.NewGuid().ToString("N")[..12],
            context.Parse.GetRequiredValue(options.Concurrency),
            cancellationToken
        );
        context.Write(summary, Text(summary));
        if (summary.Interrupted)
        {
            context.Console.WriteError(
                LocalReason.Interrupted,
                $"stopped with {summary.NotTried} edges to go; run it again to go on"
            );
            return ExitCode.Interrupted;
        }

        if (importer.EndedBy is { } fault)
        {
            var failure = GatewayFailure.From(fault);
            context.Console.WriteError(
                failure.Reason,
                $"{failure.Message.TrimEnd('.')}; stopped with {summary.NotTried} edges to go, run it again to go on"
            );
            return failure.ExitCode;
        }

        return summary.Failed > 0 || summary.JunkLines > 0 ? ExitCode.Partial : ExitCode.Ok;
    }

    private static string Text(ImportSummary summary)
    {
        var text = new StringBuilder();
        Line("members", summary.Members);
        Line("edges", summary.Edges);
        Line("connected now", summary.ConnectedNow);
        if (summary.FinishedPending > 0)
        {
            Line("  of these pending before", summary.FinishedPending);
        }

        Line("already there", summary.AlreadyThere);
        if (summary.NotTried > 0)
        {
            Line("not tried", summary.NotTried);
        }

        Line("errors", summary.Failed);
        foreach (var error in summary.Errors)
        {
            Line($"  {error.Reason}", error.Count, $"  {error.Example}");
        }

        if (summary.DuplicateLines > 0)
        {
            Line("lines that repeat an edge", summary.DuplicateLines);
        }

        if (summary.JunkLines > 0)
        {
            Line("lines that are no edge", summary.JunkLines);
        }

        if (summary.Retries > 0)
        {
            Line("calls repeated", summary.Retries);
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"{"time", -26}{summary.Seconds, 10:F1} s  ({summary.EdgesPerSecond:F0} connections/s)"
        );
        return text.ToString();

        void Line(string name, long count, string remark = "") =>
            text.AppendLine(CultureInfo.InvariantCulture, $"{name, -26}{count, 10}{remark}");
    }
}
