using System.CommandLine;
using System.Globalization;
using System.Text;
using Platform.Ctl.Cli;

namespace Platform.Ctl.Import;

/// <summary>Checks that what an import loaded is what the file says.</summary>
public static class VerifyCommand
{
    private const int MismatchesShown = 20;

    public static Command Create(CommandFactory factory)
    {
        var options = new EdgeFileOptions(concurrency: 16);
        return factory.Create(
            "verify",
            "Check that every edge of a file is a connection, and that every member has as many connections as edges",
            options.All,
            (context, cancellationToken) => RunAsync(context, options, cancellationToken)
        );
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        EdgeFileOptions options,
        CancellationToken cancellationToken
    )
    {
        var list = await options.ReadAsync(context, cancellationToken);
        using var session = await context.ActForAllAsync(cancellationToken);
        var verifier = new Verifier(
            new GatewayConnectionGraph(session),
            ProgressView.For(context.Console, context.Time),
            context.Time
        );
        var summary = await verifier.RunAsync(
            list,
            context.Parse.GetRequiredValue(options.Concurrency),
            cancellationToken
        );
        context.Write(summary, Text(summary));
        return summary.Agrees && summary.JunkLines == 0 ? ExitCode.Ok : ExitCode.Partial;
    }

    private static string Text(VerifySummary summary)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"edges     {summary.Connected} of {summary.Edges} are connections"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"members   {summary.Members - summary.Mismatches.Count} of {summary.Members} have as many connections as edges"
        );
        foreach (var mismatch in summary.Mismatches.Take(MismatchesShown))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {mismatch.MemberId}: {mismatch.InFile} in the file, {mismatch.Connections} on the platform"
            );
        }

        if (summary.Mismatches.Count > MismatchesShown)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  ... and {summary.Mismatches.Count - MismatchesShown} more (--json lists all)"
            );
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"{(summary.Agrees ? "agrees" : "differs")} with the file, {summary.Seconds:F1} s"
        );
        return text.ToString();
    }
}
