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
        var degrees = new Option<string>("--degrees")
        {
            Description =
                "Check instead how far every member is from this one, against a breadth-first search over the file",
            HelpName = "FROM",
        };
        return factory.Create(
            "verify",
            "Check that every edge of a file is a connection, and that every member has as many connections as edges",
            [.. options.All, degrees],
            async (context, cancellationToken) =>
            {
                var list = await options.ReadAsync(context, cancellationToken);
                using var session = await context.ActForAllAsync(cancellationToken);
                var graph = new GatewayConnectionGraph(session);
                var progress = ProgressView.For(context.Console, context.Time);
                var concurrency = context.Parse.GetRequiredValue(options.Concurrency);
                if (context.Parse.GetValue(degrees) is { } from)
                {
                    var distances = await new DegreeVerifier(
                        graph,
                        progress,
                        context.Time
                    ).RunAsync(list, from, concurrency, cancellationToken);
                    context.Write(distances, Text(distances));
                    return Verdict(distances.Agrees, distances.JunkLines);
                }

                var summary = await new Verifier(graph, progress, context.Time).RunAsync(
                    list,
                    concurrency,
                    cancellationToken
                );
                context.Write(summary, Text(summary));
                return Verdict(summary.Agrees, summary.JunkLines);
            }
        );
    }

    private static int Verdict(bool agrees, int junkLines) =>
        agrees && junkLines == 0 ? ExitCode.Ok : ExitCode.Partial;

    private static string Text(DegreeSummary summary)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"members   {summary.Members - summary.Mismatches.Count} of {summary.Members} are as far from {summary.MemberId} as in the file"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"degrees   {summary.ByDistance[1]} first, {summary.ByDistance[2]} second, {summary.ByDistance[3]} third, {summary.ByDistance[4]} out of network"
        );
        foreach (var mismatch in summary.Mismatches.Take(MismatchesShown))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {mismatch.MemberId}: {Text(mismatch.InFile)} in the file, {Text(mismatch.OnPlatform)} on the platform"
            );
        }
        AppendMore(text, summary.Mismatches.Count);
        AppendVerdict(text, summary.Agrees, summary.Seconds);
        return text.ToString();
    }

    private static string Text(int? distance) =>
        distance?.ToString(CultureInfo.InvariantCulture) ?? "out of network";

    private static void AppendMore(StringBuilder text, int mismatches)
    {
        if (mismatches > MismatchesShown)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  ... and {mismatches - MismatchesShown} more (--json lists all)"
            );
        }
    }

    private static void AppendVerdict(StringBuilder text, bool agrees, double seconds) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"{(agrees ? "agrees" : "differs")} with the file, {seconds:F1} s"
        );

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

        AppendMore(text, summary.Mismatches.Count);
        AppendVerdict(text, summary.Agrees, summary.Seconds);
        return text.ToString();
    }
}
