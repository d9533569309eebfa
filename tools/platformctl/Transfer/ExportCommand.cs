using System.CommandLine;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Platform.Connections.V1;
using Platform.Ctl.Cli;
using Platform.Ctl.Gateway;
using Platform.Ctl.Import;
using Platform.Follows.V1;

namespace Platform.Ctl.Transfer;

/// <summary>Writes the whole graph to a file.</summary>
public static class ExportCommand
{
    private const string StandardOutput = "-";

    public static Command Create(CommandFactory factory)
    {
        var output = new Option<string>("--out")
        {
            Description = "Where to write it; - is stdout",
            HelpName = "FILE",
            DefaultValueFactory = _ => StandardOutput,
        };
        return factory.Create(
            "export",
            "Write the whole graph (relationships, recommendations, settings, follows) as JSON lines, for import --graph elsewhere",
            [output],
            (context, cancellationToken) =>
                RunAsync(context, context.Parse.GetRequiredValue(output), cancellationToken)
        );
    }

    private static async Task RunAsync(
        CommandContext context,
        string path,
        CancellationToken cancellationToken
    )
    {
        using var session = await context.OperateAsync(cancellationToken);
        if (path == StandardOutput)
        {
            var written = await WriteAsync(
                session,
                context.Console.Out,
                context.Time,
                cancellationToken
            );
            context.Console.WriteNote(Text(written));
            return;
        }
        // Beside the file until it is whole: whoever finds the file finds all of it.
        var partial = path + ".partial";
        GraphCounts counts;
        try
        {
            await using (
                var output = new StreamWriter(partial, append: false, new UTF8Encoding(false))
            )
            {
                counts = await WriteAsync(session, output, context.Time, cancellationToken);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(
                ExitCode.BadInput,
                LocalReason.FileUnwritable,
                $"cannot write {path}: {exception.Message}",
                "--out",
                exception
            );
        }
        context.Write(
            new ExportSummary(
                path,
                counts.Relationships,
                counts.Recommendations,
                counts.Settings,
                counts.Follows
            ),
            $"{Text(counts)}, written to {path}"
        );
    }

    private static async Task<GraphCounts> WriteAsync(
        GatewaySession session,
        TextWriter output,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var writer = await GraphWriter.BeginAsync(output);
        var connections = new ConnectionsOperationsService.ConnectionsOperationsServiceClient(
            session.Invoker
        );
        await StreamAsync(
            (cursor, options) =>
                connections.ExportRelationships(
                    new ExportRelationshipsRequest { Cursor = cursor },
                    options
                ),
            answer => (answer.Relationships, answer.Cursor, answer.Complete)
        );
        await StreamAsync(
            (cursor, options) =>
                connections.ExportRecommendations(
                    new ExportRecommendationsRequest { Cursor = cursor },
                    options
                ),
            answer => (answer.Recommendations, answer.Cursor, answer.Complete)
        );
        await StreamAsync(
            (cursor, options) =>
                connections.ExportSettings(new ExportSettingsRequest { Cursor = cursor }, options),
            answer => (answer.Settings, answer.Cursor, answer.Complete)
        );
        var follows = new FollowsOperationsService.FollowsOperationsServiceClient(session.Invoker);
        await StreamAsync(
            (cursor, options) =>
                follows.ExportFollows(new ExportFollowsRequest { Cursor = cursor }, options),
            answer => (answer.Follows, answer.Cursor, answer.Complete)
        );
        await writer.CompleteAsync();
        return writer.Counts;

        async Task StreamAsync<T>(
            Func<string, CallOptions, AsyncServerStreamingCall<T>> open,
            Func<T, (IEnumerable<IMessage> Records, string Cursor, bool Complete)> read
        )
        {
            var cursor = "";
            // A stream that breaks is taken up again after the last message that was written.
            await new Retry(time).RunAsync(
                async () =>
                {
                    // No deadline: a large graph takes its time, and Ctrl-C ends it.
                    using var call = open(
                        cursor,
                        new CallOptions(cancellationToken: cancellationToken)
                    );
                    while (await call.ResponseStream.MoveNext(cancellationToken))
                    {
                        var (records, next, last) = read(call.ResponseStream.Current);
                        foreach (var record in records)
                        {
                            await writer.WriteAsync(record);
                        }
                        cursor = next;
                        if (last)
                        {
                            return true;
                        }
                    }
                    throw new CliException(
                        ExitCode.Unreachable,
                        LocalReason.UnexpectedAnswer,
                        "the stream of the service ended too early"
                    );
                },
                cancellationToken
            );
        }
    }

    private static string Text(GraphCounts counts) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Relationships} relationships, {counts.Recommendations} recommendations, {counts.Settings} settings and {counts.Follows} follows"
        );

    private sealed record ExportSummary(
        string File,
        long Relationships,
        long Recommendations,
        long Settings,
        long Follows
    );
}
